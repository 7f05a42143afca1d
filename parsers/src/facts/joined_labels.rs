//! Two labels of one thing with a stroke between them, where no list has the two together: `FIN CLASS/PAYOR`,
//! `Encounter/Visit no.`.

use super::folding::Folded;
use super::labels::Meaning;
use super::segments::Piece;
use crate::statement::DocKind;

/// What the words say where both sides of a stroke name the same field; no surer than the less sure of them.
pub(super) fn meaning(words: &[Folded], piece: &Piece, kind: DocKind) -> Option<Meaning> {
    let parted = |k: &usize| {
        let token = words[*k].token;
        words[k - 1].token == token && piece.tokens[token].text.contains('/')
    };
    (1..words.len()).filter(parted).find_map(|k| {
        let (left, right) = (piece.labels.meaning(&words[..k], kind)?, piece.labels.meaning(&words[k..], kind)?);
        let less_sure = if left.weight < right.weight { left } else { right };
        (left.field == right.field).then_some(less_sure)
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    /// What a bill says of this field that prints one label and its value.
    fn stated(label: &str, value: &str, field: Field) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "PATIENT NAME"), (120.0, "JANE ROE")]),
            (50.0, &[(30.0, label), (120.0, value)]),
            (80.0, &[(30.0, "Date"), (140.0, "Code"), (200.0, "Service"), (-540.0, "Amount")]),
            (90.0, &[(30.0, "05/02/2025"), (140.0, "99213"), (200.0, "OFFICE VISIT"), (-540.0, "112.50")]),
        ]);
        s.header.get(&field).into_iter().flatten().map(|c| c.raw.clone()).collect()
    }

    #[test]
    fn two_names_of_one_thing_name_it() {
        assert_eq!(stated("FIN CLASS/PAYOR", "ELM MUTUAL ASSURANCE", Field::Payer), ["ELM MUTUAL ASSURANCE"]);
    }

    #[test]
    fn names_of_two_things_name_neither() {
        assert!(stated("PAYOR/ACCOUNT NO", "77270945", Field::AccountNo).is_empty());
        assert!(stated("PAYOR/ACCOUNT NO", "77270945", Field::Payer).is_empty());
    }
}
