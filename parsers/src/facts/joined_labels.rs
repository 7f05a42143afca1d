//! Two labels of one thing with a stroke between them, where no list has the two together: `FIN CLASS/PAYOR`,
//! `Encounter/Visit no.`. The stroke may have spaces around it, and the last word be that of both: `Run / case no.`.

use super::folding::Folded;
use super::labels::Meaning;
use super::segments::Piece;
use crate::statement::DocKind;

/// Last words that are also those of the label before the stroke.
const OF_BOTH: [&str; 4] = ["number", "id", "name", "date"];

/// What the words say where both sides of a stroke name the same field; no surer than the less sure of them.
pub(super) fn meaning(words: &[Folded], piece: &Piece, kind: DocKind) -> Option<Meaning> {
    let parted = |k: &usize| {
        let (before, token) = (words[k - 1].token, words[*k].token);
        let stroke = |t: usize| piece.tokens.get(t).is_some_and(|t| t.text == "/");
        before == token && piece.tokens[token].text.contains('/') || token == before + 2 && stroke(before + 1)
    };
    let last = words.last().filter(|w| OF_BOTH.contains(&w.word.as_str()));
    let with_last = |first: &[Folded]| {
        let whole: Vec<Folded> = first.iter().chain(last).cloned().collect();
        piece.labels.meaning(&whole, kind)
    };
    (1..words.len()).filter(parted).find_map(|k| {
        let (first, second) = words.split_at(k);
        let right = piece.labels.meaning(second, kind)?;
        let whole = || with_last(first).filter(|_| second.len() > 1);
        let left = [piece.labels.meaning(first, kind), whole()].into_iter().flatten().find(|l| l.field == right.field)?;
        Some(if left.weight < right.weight { left } else { right })
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
    fn the_last_word_may_be_that_of_both() {
        assert_eq!(stated("Run / case no.", "H7729286", Field::AccountNo), ["H7729286"]);
        assert_eq!(stated("Trip/Case number", "688-29366", Field::AccountNo), ["688-29366"]);
    }

    #[test]
    fn names_of_two_things_name_neither() {
        assert!(stated("Claim / case no.", "77270945", Field::AccountNo).is_empty());
        assert!(stated("PAYOR/ACCOUNT NO", "77270945", Field::AccountNo).is_empty());
        assert!(stated("PAYOR/ACCOUNT NO", "77270945", Field::Payer).is_empty());
    }
}
