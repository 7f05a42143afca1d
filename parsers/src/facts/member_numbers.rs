//! The number of a member beside the bare word for one: `Member  W123456789`, `Subscriber: 1AC5-JR7-YD96`.
//!
//! The word is the label of a name as well, so a number is taken only where no name was found, and where it stands right
//! behind the word or beside it, by itself.

use super::labels::Head;
use super::pairs::{Finder, Found};
use super::segments::{Paper, Token};
use super::values::Read;
use crate::page_text::BBox;
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

/// The number behind the name of a plan that stands beside its own label: `Billed to:   Lakeside Health Plan, ID W123456789`.
pub(super) fn behind_plans(finder: &Finder<'_>, found: &mut Vec<Found>) {
    const NUMBERED: [&str; 4] = ["id", "member", "policy", "subscriber"];
    let plans: Vec<Found> = found.iter().filter(|f| f.field == Field::Payer).cloned().collect();
    for plan in plans {
        let (page, b) = (plan.cell.page, plan.cell.bbox);
        let holds = |p: &BBox| p.x0 <= b.cx() && b.cx() <= p.x1 && p.y0 <= b.cy() && b.cy() <= p.y1;
        let Some(at) = finder.paper.pieces.iter().position(|p| p.page == page && holds(&p.bbox)) else { continue };
        let piece = &finder.paper.pieces[at];
        let word = |t: &Token| t.text.trim_end_matches([':', '#', '.']).to_ascii_lowercase();
        let label = piece
            .tokens
            .windows(2)
            .position(|w| w[0].text.ends_with(',') && w[0].bbox.x1 > b.cx() && NUMBERED.contains(&word(&w[1]).as_str()));
        let Some(number) = label.and_then(|k| {
            let behind = piece.tokens.get(k + 2..)?;
            // `Member ID`, `Policy no.`
            let skip = behind.iter().take_while(|t| matches!(word(t).as_str(), "id" | "no" | "number" | "")).count();
            let number = behind.get(skip..=skip).filter(|n| is_number(&n[0].text))?;
            finder.read(Field::MemberId, number, piece)
        }) else {
            continue;
        };
        found.push(Found { field: Field::MemberId, weight: 2, cell: number.cell, row: piece.row, piece: at, ..plan });
    }
}

/// On an insurer's paper the bare `Account` in the column of the member's number is the one that the plan keeps for the
/// employer, and none of the patient's with a provider.
pub(super) fn without_account_of_plan(paper: &Paper, found: &mut Vec<Found>) {
    const BARE: [&str; 4] = ["account", "account number", "account no", "account no."];
    let members: Vec<(u32, BBox)> =
        found.iter().filter(|f| f.field == Field::MemberId && f.weight == 3).map(|f| (f.cell.page, f.cell.bbox)).collect();
    found.retain(|f| {
        let label = paper.pieces[f.piece].text().to_lowercase();
        let bare = || BARE.contains(&label.trim_end_matches([':', '#', ' ']));
        let beneath = |(page, b): &(u32, BBox)| {
            let own = f.cell.bbox;
            *page == f.cell.page && (b.x0 - own.x0).abs() < 2.0 && (b.cy() - own.cy()).abs() < 2.5 * own.height()
        };
        // `GRP650607` is written as what it is
        let of_group = || {
            let number = f.cell.raw.trim().to_ascii_uppercase();
            number
                .strip_prefix("GRP")
                .is_some_and(|n| n.trim_start_matches(['-', ' ', '#']).starts_with(|c: char| c.is_ascii_digit()))
        };
        f.field != Field::AccountNo || !bare() || !(of_group() || members.iter().any(beneath))
    });
}

/// At least seven signs, most of them figures, and no separator of a day or an amount.
fn is_number(text: &str) -> bool {
    let signs = text.chars().filter(char::is_ascii_alphanumeric).count();
    let figures = text.chars().filter(char::is_ascii_digit).count();
    signs >= 7 && figures >= 5 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement, Value};
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

    #[test]
    fn a_number_behind_the_name_of_a_plan_is_that_of_its_member() {
        let number = |plan: &str| {
            let s = read(&[
                (20.0, &[(30.0, "Elm Clinical Laboratories"), (400.0, "LABORATORY SERVICES INVOICE")]),
                (40.0, &[(400.0, "Patient:"), (500.0, "Jane Roe")]),
                (52.0, &[(400.0, "Billed to:"), (500.0, plan)]),
                (80.0, &[(30.0, "Date"), (110.0, "Test name"), (300.0, "CPT"), (-500.0, "Fee")]),
                (92.0, &[(30.0, "04/27/2024"), (110.0, "VENIPUNCTURE"), (300.0, "36415"), (-500.0, "$14.36")]),
            ]);
            s.header.get(&Field::MemberId).and_then(|c| c.first()).map(|c| c.raw.clone())
        };
        assert_eq!(number("Lakeside Health Plan, ID W123456789").as_deref(), Some("W123456789"));
        assert_eq!(number("Lakeside Health Plan, member no. 677428724").as_deref(), Some("677428724"));
        assert_eq!(number("Lakeside Health Plan, PO Box 677428"), None);
        assert_eq!(number("Lakeside Health Plan, ID 04/27/2024"), None);
    }

    fn notice(label: &'static str) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
            (50.0, &[(30.0, "Jane Roe"), (300.0, "Subscriber"), (400.0, "Jane Roe")]),
            (62.0, &[(30.0, "12 Elm St"), (300.0, "Customer ID"), (400.0, "W509968262")]),
            (74.0, &[(30.0, "Akron, OH 44380"), (300.0, label), (400.0, "A217568")]),
            (110.0, &[(30.0, "Elm Family Medicine"), (400.0, "Processed 09/28/2024")]),
            (122.0, &[(30.0, "Claim number 3621057653"), (400.0, "Services given to John Roe")]),
            (
                150.0,
                &[
                    (30.0, "Date"),
                    (110.0, "Service"),
                    (-300.0, "Billed"),
                    (-400.0, "Allowed"),
                    (-500.0, "Plan paid"),
                    (-600.0, "You owe"),
                ],
            ),
            (
                164.0,
                &[
                    (30.0, "05/29/2024"),
                    (110.0, "OFFICE VISIT"),
                    (-300.0, "133.00"),
                    (-400.0, "91.46"),
                    (-500.0, "51.46"),
                    (-600.0, "40.00"),
                ],
            ),
        ])
    }

    #[test]
    fn an_account_beside_the_members_number_is_the_plans() {
        let raw = |s: &Statement, f: Field| s.header.get(&f).and_then(|c| c.first()).map(|c| c.raw.clone());
        let s = notice("Account");
        assert_eq!((raw(&s, Field::AccountNo), raw(&s, Field::MemberId).as_deref()), (None, Some("W509968262")));
        assert_eq!(raw(&s, Field::Patient).as_deref(), Some("John Roe"));
        assert_eq!(raw(&s, Field::Provider).as_deref(), Some("Elm Family Medicine"));
        assert_eq!(raw(&notice("Patient account"), Field::AccountNo).as_deref(), Some("A217568"));
    }
}
