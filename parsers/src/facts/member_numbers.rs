//! The number of a member beside the bare word for one: `Member  W123456789`, `Subscriber: 1AC5-JR7-YD96`.
//!
//! The word is the label of a name as well, so a number is taken only where no name was found, and where it stands right
//! behind the word or beside it, by itself.

use super::labels::Head;
use super::pairs::Finder;
use super::segments::Token;
use super::values::Read;
use crate::statement::Field;

/// Words for who is insured.
const MEMBER: [&str; 5] = ["member", "subscriber", "enrollee", "beneficiary", "participant"];

impl Finder<'_> {
    /// The number that answers the label of a member's name, which `inside` stands behind.
    pub(super) fn number_of_member(&self, at: usize, head: &Head, inside: &[Token]) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        let bare =
            head.end == head.start + 1 && piece.folded.iter().any(|f| f.token == head.start && MEMBER.contains(&f.word.as_str()));
        if head.meaning.field != Field::Patient || !bare {
            return None;
        }
        let (tokens, place) = if inside.is_empty() {
            let right = &self.paper.pieces[self.paper.right_of(at).filter(|r| !self.is_label(*r))?];
            (&right.tokens[..], right)
        } else {
            (inside, piece)
        };
        let [number] = tokens else { return None };
        self.read(Field::MemberId, tokens, place).filter(|_| is_number(&number.text))
    }
}

/// At least seven signs, most of them figures, and no separator of a day or an amount.
fn is_number(text: &str) -> bool {
    let signs = text.chars().filter(char::is_ascii_alphanumeric).count();
    let figures = text.chars().filter(char::is_ascii_digit).count();
    signs >= 7 && figures >= 5 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    /// The member's number where these words stand on a line of the heading.
    fn number(words: &[(f32, &str)]) -> Option<Value> {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, words),
            (60.0, &[(30.0, "Patient:"), (100.0, "Jane Roe")]),
        ]);
        s.header.get(&Field::MemberId).and_then(|c| c.first()).map(|c| c.value.clone())
    }

    #[test]
    fn a_number_beside_the_word_for_a_member_is_that_of_the_member() {
        let want = Some(Value::Text("W123456789".to_owned()));
        assert_eq!(number(&[(400.0, "Member W123456789")]), want);
        assert_eq!(number(&[(400.0, "Member"), (470.0, "W123456789")]), want);
        assert_eq!(number(&[(400.0, "Member"), (470.0, "Jane Roe")]), None);
        assert_eq!(number(&[(400.0, "Member 03/09/2025")]), None);
    }
}
