//! Services whose amounts have their names beneath them, printed anew for every service:
//!
//! ```text
//! 03/09/2025  OFFICE VISIT LEVEL 4 (99214)
//! $210.00              $60.00             $150.00           $30.00
//! provider charged     member discount    plan paid         you may owe
//! ```
//! Turned about, each line of names is a line of headings over its amounts, which the other grammars know. A service that is not
//! settled yet may have no more than its charge so: one amount over one name, under what else only a service has.

use crate::columns::{is_money_field, split_phrases};
use crate::label_value::field_of;
use crate::page_text::BBox;
use crate::service_words::service_words;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Fewer amounts with their names may be anything.
const FEWEST: usize = 3;

/// The same names so often are those of services, whatever the words over them say.
const AGAIN: usize = 3;

/// The widest gap between amounts and names, in sizes of type.
const GAP: f32 = 0.9;

/// Turns amounts and the names beneath them about, where they are those of services.
pub(crate) fn turn(pages: &mut [PageLines], vocabulary: &Vocabulary) {
    let found: Vec<Vec<usize>> = pages.iter().map(|p| lines_named_beneath(p, vocabulary)).collect();
    // words over the amounts say a day or a code of a service, or the same names come again and again; sums of the paper are
    // set in the same way
    let all: Vec<(&PageLines, usize)> = pages.iter().zip(&found).flat_map(|(p, at)| at.iter().map(move |i| (p, *i))).collect();
    let of_service = |(p, i): &(&PageLines, usize)| i.checked_sub(1).is_some_and(|k| names_service(&p.lines[k]));
    let texts: Vec<String> = all.iter().map(|(p, i)| p.lines[i + 1].text()).collect();
    let again = texts.iter().any(|t| texts.iter().filter(|u| *u == t).count() >= AGAIN);
    if !again && !all.iter().any(of_service) {
        return;
    }
    for (page, at) in pages.iter_mut().zip(found) {
        for i in at {
            swap(&mut page.lines, i);
            page.turned = true;
        }
    }
}

fn names_service(line: &Line) -> bool {
    let said = service_words(&line.text());
    said.any() && !said.rest.is_empty() && tokens(line).iter().all(|t| t.kind != TokenKind::Money)
}

/// The lines of nothing but amounts, each with the name of one beneath it and none above.
fn lines_named_beneath(page: &PageLines, vocabulary: &Vocabulary) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    for i in 0..page.lines.len().saturating_sub(1) {
        let (amounts, names) = (&page.lines[i], &page.lines[i + 1]);
        let headed = i > 0 && named(amounts, &page.lines[i - 1], vocabulary);
        let below = page.lines.get(i + 2).is_some_and(|next| near(names, next) && named(next, names, vocabulary));
        let lone = || i > 0 && of_facts(&page.lines[i - 1]) && is_lone_charge(amounts, names, vocabulary);
        if near(amounts, names) && (named(amounts, names, vocabulary) || lone()) && !headed && !below {
            out.push(i);
        }
    }
    out
}

/// Whether a line says what code or count a service has.
fn of_facts(line: &Line) -> bool {
    service_words(&line.text()).of_service() && tokens(line).iter().all(|t| t.kind != TokenKind::Money)
}

/// One amount over the name of a charge, and nothing else on either line.
fn is_lone_charge(amounts: &Line, names: &Line, vocabulary: &Vocabulary) -> bool {
    let toks: Vec<_> = tokens(amounts).into_iter().filter(|t| t.text != "$").collect();
    let [amount] = toks.as_slice() else { return false };
    let (a, b) = (amount.bbox, names.bbox);
    let flush = (a.x0 - b.x0).abs().min((a.x1 - b.x1).abs()).min((a.cx() - b.cx()).abs()) < 0.6 * amounts.size();
    amount.kind == TokenKind::Money && flush && field_of(&names.text(), vocabulary) == Some(Field::Charge)
}

fn near(above: &Line, below: &Line) -> bool {
    below.bbox.y0 > above.bbox.cy() && below.bbox.y0 - above.bbox.y1 < GAP * above.size().max(below.size())
}

/// Whether every amount of a line has a name of its own in the other, one of them that of a charge.
fn named(amounts: &Line, names: &Line, vocabulary: &Vocabulary) -> bool {
    let toks: Vec<_> = tokens(amounts).into_iter().filter(|t| t.text != "$").collect();
    if toks.len() < FEWEST || toks.iter().any(|t| !matches!(t.kind, TokenKind::Money | TokenKind::Dash)) {
        return false;
    }
    let heads = split_phrases(names, vocabulary);
    let flush = |a: BBox, b: BBox| {
        let off = (a.x0 - b.x0).abs().min((a.x1 - b.x1).abs()).min((a.cx() - b.cx()).abs());
        off < 0.6 * amounts.size()
    };
    let fields: Vec<Option<Field>> = heads.iter().map(|h| field_of(&h.text, vocabulary).filter(|f| is_money_field(*f))).collect();
    heads.len() == toks.len()
        && heads.iter().zip(&toks).all(|(h, t)| flush(h.bbox, t.bbox))
        && fields.iter().flatten().count() >= FEWEST
        && fields.contains(&Some(Field::Charge))
}

/// The line of names where the amounts stand, and these where the names do.
fn swap(lines: &mut [Line], i: usize) {
    let (top, bottom) = (lines[i].bbox, lines[i + 1].bbox);
    let fall = bottom.y1 - top.y1;
    let rise = bottom.y0 - top.y0;
    lines[i].shift(fall);
    lines[i + 1].shift(-rise);
    lines.swap(i, i + 1);
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const NAMES: &[(f32, &str)] =
        &[(40.0, "provider charged"), (160.0, "member discount"), (280.0, "plan paid"), (400.0, "you may owe")];
    const FIELDS: [Field; 9] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Charge,
        Field::PlanDiscount,
        Field::PlanPaid,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    #[test]
    fn amounts_over_their_names_are_read() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (52.0, &[(30.0, "Claim number"), (120.0, "1234567"), (300.0, "Status"), (400.0, "Completed")]),
            (80.0, &[(30.0, "03/09/2025 OFFICE VISIT LEVEL 4 (99214-25)")]),
            (92.0, &[(40.0, "$210.00"), (160.0, "$60.00"), (280.0, "$120.00"), (400.0, "$30.00")]),
            (103.0, NAMES),
            (114.0, &[(40.0, "Your part: coinsurance $30.00"), (400.0, "Remarks T22")]),
            (134.0, &[(30.0, "03/09/2025 STERILE PACK")]),
            (146.0, &[(40.0, "$50.00"), (160.0, "$10.00"), (280.0, "$40.00"), (400.0, "$0.00")]),
            (157.0, NAMES),
            (168.0, &[(400.0, "Remarks T22")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 OFFICE VISIT LEVEL 4 99214 210.00 60.00 120.00 30.00 30.00 T22",
                "2025-03-09 STERILE PACK - 50.00 10.00 40.00 - 0.00 T22"
            ]
        );
    }
}
