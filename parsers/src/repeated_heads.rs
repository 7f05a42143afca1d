//! Headings that are printed anew for every service, between its words and its amounts:
//!
//! ```text
//! EMERGENCY VISIT LVL 4        Code: 99284-25     03/12/2025
//! Amount charged    Medicare approved    Medicare paid    You may be billed
//! $2,134.00         $859.58              $482.06          $377.52
//! ```
//! Read as they stand each would be a table of one row whose words belong to the table before. Printed once, over the first
//! of the services, they head one table in which a line of words stands over each line of amounts.

use std::borrow::Cow;

use crate::columns::{TableHeader, find_headers};
use crate::hanging_number;
use crate::label_value::{notes_alone, see_remarks};
use crate::labelled::line_of_codes;
use crate::page_text::BBox;
use crate::service_words::service_words;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, has_amount, tokens};
use crate::vocabulary::Vocabulary;

/// Fewer repetitions are a table for each visit or claim.
const FEWEST: usize = 3;

/// The pages with such headings printed once, over the first of the services that they head, and the headings of each page.
pub(crate) fn printed_once<'a>(pages: &'a [PageLines], vocabulary: &Vocabulary) -> (Cow<'a, [PageLines]>, Vec<Vec<TableHeader>>) {
    let find = |pages: &[PageLines]| pages.iter().map(|p| find_headers(p, vocabulary)).collect();
    let found: Vec<Vec<TableHeader>> = find(pages);
    let once = match names_and_facts(pages, &found) {
        Some(joined) => with_heads_once(&joined, find(&joined)),
        None => with_heads_once(pages, found.clone()),
    };
    match once {
        Some(pages) => {
            let found = find(&pages);
            (Cow::Owned(pages), found)
        }
        None => (Cow::Borrowed(pages), found),
    }
}

/// The pages with the name of each service and the line of facts under it as one line, where headings follow on both:
/// `JOINT INJECTION MAJOR   May 26, 2025`, `Code 20610 · (RT) · 1 unit`.
fn names_and_facts(pages: &[PageLines], heads: &[Vec<TableHeader>]) -> Option<Vec<PageLines>> {
    let joins = |page: &PageLines, h: &TableHeader| {
        let name = h.first_line.checked_sub(2)?;
        let (above, facts) = (&page.lines[name], &page.lines[name + 1]);
        let said = service_words(&facts.text());
        // `Billing code 97161 GP, 1 unit     See note D15`
        let noted = || see_remarks(&said.rest).or_else(|| notes_alone(&said.rest)).is_some();
        let of_facts = said.of_service() && (said.rest.is_empty() || noted());
        let hangs = hanging_number::without(above, facts).is_some() || (facts.bbox.x0 - above.bbox.x0).abs() < facts.size();
        let near = facts.bbox.y0 - above.bbox.y1 < 1.2 * facts.size() && hangs;
        let words = service_words(&above.text()).rest.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        (of_facts && near && words && !has_amount(above)).then_some(name)
    };
    let names: Vec<Vec<usize>> =
        pages.iter().zip(heads).map(|(p, hs)| hs.iter().rev().filter_map(|h| joins(p, h)).collect()).collect();
    if names.iter().all(Vec::is_empty) {
        return None;
    }
    let mut out = pages.to_vec();
    for (page, names) in out.iter_mut().zip(names) {
        for name in names {
            let facts = page.lines.remove(name + 1);
            let above = &mut page.lines[name];
            if let Some(words) = hanging_number::without(above, &facts) {
                *above = words;
            }
            above.bbox = above.bbox.union(facts.bbox);
            // behind words a count without a code before it would be theirs: `INSULIN 100 units`
            let facts_text = facts.text();
            let said = service_words(&facts_text);
            let counted = facts.words.len().saturating_sub(said.rest.split_whitespace().count());
            let (count, notes) = facts.words.split_at(if said.procedure.is_some() { 0 } else { counted });
            above.words.splice(0..0, count.iter().cloned());
            above.words.extend(notes.iter().cloned());
        }
    }
    Some(out)
}

fn with_heads_once(pages: &[PageLines], mut heads: Vec<Vec<TableHeader>>) -> Option<Vec<PageLines>> {
    add_boxes(pages, &mut heads);
    let of_services: Vec<Vec<&TableHeader>> = pages
        .iter()
        .zip(&heads)
        .map(|(p, hs)| hs.iter().filter(|h| heads_one_service(p, h) && !under_own_heads(hs, h)).collect())
        .collect();
    let series = || of_services.iter().flatten();
    let model = series().next().filter(|f| series().all(|h| h.same_columns(f)))?;
    // the same headings may stand over the sums of the claim as well
    let all = heads.iter().flatten().filter(|h| h.same_columns(model)).count();
    let coded = pages
        .iter()
        .zip(&of_services)
        .all(|(p, hs)| hs.iter().all(|h| service_words(&p.lines[h.first_line - 1].text()).of_service()));
    if series().count() < FEWEST && all <= series().count() && !coded && !pages.iter().any(|p| p.turned) {
        return None;
    }
    let mut out = pages.to_vec();
    for (p, page) in out.iter_mut().enumerate() {
        let mine: Vec<&TableHeader> = of_services[p].clone();
        let sums: Vec<&TableHeader> =
            heads[p].iter().filter(|h| h.same_columns(model) && !mine.iter().any(|m| m.first_line == h.first_line)).collect();
        (page.lines, page.names) = with_one_head(&pages[p].lines, &mine, &sums);
    }
    Some(out)
}

/// The last on a page looks like a box of the paper's own sums: the same words in one line are the same headings.
fn add_boxes(pages: &[PageLines], heads: &mut [Vec<TableHeader>]) {
    let single = |(p, hs): (&PageLines, &Vec<TableHeader>)| {
        let h = hs.iter().find(|h| h.end_line == h.first_line + 1 && heads_one_service(p, h))?;
        Some((p.lines[h.first_line].text(), h.clone()))
    };
    let Some((text, model)) = pages.iter().zip(heads.iter()).find_map(single) else { return };
    for (page, hs) in pages.iter().zip(heads) {
        for (i, line) in page.lines.iter().enumerate() {
            if line.text() == text && !hs.iter().any(|h| (h.first_line..h.end_line).contains(&i)) {
                hs.push(TableHeader { first_line: i, end_line: i + 1, ..model.clone() });
            }
        }
        hs.sort_by_key(|h| h.first_line);
    }
}

/// Whether a line of words that says a day, a code or a count stands right over the headings, and one line of amounts under
/// them; parts of the share with their names may follow it.
fn heads_one_service(page: &PageLines, h: &TableHeader) -> bool {
    let Some(above) = h.first_line.checked_sub(1).map(|i| &page.lines[i]) else { return false };
    let Some(amounts) = page.lines.get(h.end_line) else { return false };
    let said = service_words(&above.text());
    let of_a_claim = said.rest.to_lowercase().split_whitespace().any(|w| matches!(w, "claim" | "claims" | "processed"));
    let words = h.columns.iter().any(|c| c.has(Field::Description) || c.has(Field::Code) || c.has(Field::ServiceDate));
    let named = !words && (said.any() || page.turned) && !said.rest.is_empty() && !of_a_claim && !has_amount(above);
    let near = |l: &&Line| l.bbox.y0 - amounts.bbox.y1 < 2.0 * amounts.size();
    let next = page.lines.get(h.end_line + 1).filter(near);
    let of_the_row = |l: &Line| !has_amount(l) || line_of_codes(&l.text()).is_some() || !in_columns(l, amounts);
    named && has_amount(amounts) && next.is_none_or(of_the_row)
}

/// Whether at least half the amounts of a line stand where those of the line above do, or there is only one. A sentence of the
/// claim's sums has its own anywhere: `Claim 400500600700: billed $385.72; the plan paid $99.08.`
fn in_columns(line: &Line, above: &Line) -> bool {
    let places = |l: &Line| -> Vec<BBox> { tokens(l).iter().filter(|t| t.kind == TokenKind::Money).map(|t| t.bbox).collect() };
    let (mine, theirs) = (places(line), places(above));
    let flush =
        |a: &BBox, b: &BBox| (a.x1 - b.x1).abs().min((a.x0 - b.x0).abs()).min((a.cx() - b.cx()).abs()) < 0.6 * line.size();
    mine.len() < 2 || mine.iter().filter(|a| theirs.iter().any(|b| flush(a, b))).count() * 2 >= mine.len()
}

/// Whether the line over the headings has headings of its own: the boxes of a form, and no words over amounts.
fn under_own_heads(heads: &[TableHeader], h: &TableHeader) -> bool {
    heads.iter().any(|o| o.end_line + 1 == h.first_line)
}

/// The lines that are left, and which of them name a service.
fn with_one_head(lines: &[Line], mine: &[&TableHeader], sums: &[&TableHeader]) -> (Vec<Line>, Vec<usize>) {
    let Some(first) = mine.first() else { return (lines.to_vec(), Vec::new()) };
    let named_from = first.first_line - 1;
    let head = &lines[first.first_line..first.end_line];
    let rise = head[0].bbox.y0 - lines[named_from].bbox.y0 + (head[head.len() - 1].bbox.y1 - head[0].bbox.y0);
    let gone = |i: usize| {
        let within = |h: &&TableHeader| (h.first_line..h.end_line).contains(&i);
        mine.iter().any(within) || sums.iter().any(|h| within(h) || i == h.end_line)
    };
    let mut out = Vec::with_capacity(lines.len());
    let mut names = Vec::with_capacity(mine.len());
    for (i, line) in lines.iter().enumerate() {
        if i == named_from {
            let from = out.len();
            out.extend_from_slice(head);
            out[from..].iter_mut().for_each(|l| l.shift(-rise));
        }
        if mine.iter().any(|h| h.first_line == i + 1) {
            names.push(out.len());
        }
        if !gone(i) {
            out.push(line.clone());
        }
    }
    (out, names)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::Description, Field::Code, Field::Units, Field::Charge, Field::PatientResponsibility, Field::RemarkCodes];

    #[test]
    fn words_over_the_headings_belong_to_the_amounts_under_them() {
        const HEADS: &[(f32, &str)] =
            &[(40.0, "Amount charged"), (160.0, "Medicare approved"), (300.0, "Medicare paid"), (420.0, "You may be billed")];
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Medicare")]),
            (40.0, &[(30.0, "Lakeside Hospital")]),
            (52.0, &[(30.0, "Claim number 1234567"), (200.0, "Patient: Jane Roe")]),
            (64.0, &[(30.0, "Service dates: 03/12/2025"), (200.0, "Claim processed on 04/03/2025")]),
            (80.0, HEADS),
            (92.0, &[(40.0, "$360.00"), (160.0, "$180.00"), (300.0, "$140.00"), (420.0, "$40.00")]),
            (108.0, &[(30.0, "3 services on this claim")]),
            (120.0, &[(30.0, "EMERGENCY VISIT LVL 4"), (220.0, "Code: 99284-25"), (330.0, "03/12/2025"), (460.0, "Quantity: 1")]),
            (132.0, HEADS),
            (144.0, &[(40.0, "$200.00"), (160.0, "$100.00"), (300.0, "$80.00"), (420.0, "$20.00"), (520.0, "See note a, b")]),
            (160.0, &[(30.0, "XR FOOT 3+ VIEWS"), (220.0, "Code: 73630"), (330.0, "03/12/2025"), (460.0, "Quantity: 2")]),
            (172.0, HEADS),
            (184.0, &[(40.0, "$100.00"), (160.0, "$50.00"), (300.0, "$40.00"), (420.0, "$10.00"), (520.0, "See note b")]),
            (200.0, &[(30.0, "CUSTOM PACK"), (330.0, "03/12/2025"), (460.0, "Quantity: 1")]),
            (212.0, HEADS),
            (224.0, &[(40.0, "$60.00"), (160.0, "$30.00"), (300.0, "$20.00"), (420.0, "$10.00"), (520.0, "See note b")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "EMERGENCY VISIT LVL 4 99284 1 200.00 20.00 a;b",
                "XR FOOT 3+ VIEWS 73630 2 100.00 10.00 b",
                "CUSTOM PACK - 1 60.00 10.00 b"
            ]
        );
    }

    fn cards(names: &[(f32, &'static str)]) -> crate::statement::Statement {
        const HEADS: &[(f32, &str)] =
            &[(40.0, "Charge"), (160.0, "Discount"), (300.0, "Plan paid"), (420.0, "You paid"), (540.0, "Your share")];
        const AMOUNTS: &[(f32, &str)] =
            &[(40.0, "$200.00"), (160.0, "$100.00"), (300.0, "$80.00"), (420.0, "$0.00"), (540.0, "$20.00")];
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Clinic"), (400.0, "Billing statement")]),
            (40.0, vec![(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, vec![(30.0, "What you were billed for")]),
        ];
        for (y, name) in names {
            lines.push((*y, vec![(40.0, name), (540.0, "03/12/2025")]));
            lines.push((y + 11.0, vec![(40.0, "Code 99284 · 1 unit")]));
            lines.push((y + 24.0, HEADS.to_vec()));
            lines.push((y + 35.0, AMOUNTS.to_vec()));
        }
        lines.push((400.0, vec![(30.0, "Something wrong? Tell us within 60 days and we will check it with your plan.")]));
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn the_last_of_a_page_and_the_only_one_keep_their_code() {
        for names in [&[(80.0, "ED VISIT")][..], &[(80.0, "ED VISIT"), (140.0, "SUTURE"), (200.0, "SPLINT")]] {
            let rows: Vec<String> = cards(names).rows.iter().map(|r| said(r, &FIELDS[..4])).collect();
            let wanted: Vec<String> = names.iter().map(|(_, n)| format!("{n} 99284 1 200.00")).collect();
            assert_eq!(rows, wanted);
        }
    }

    #[test]
    fn numbered_services_with_captions_beneath_and_a_sentence_of_their_shares() {
        const NAMES: &[(f32, &str)] =
            &[(88.0, "Provider billed"), (190.0, "The plan approved"), (300.0, "The plan paid"), (400.0, "You may owe")];
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Advantage HMO"), (400.0, "Report of Your Health Care Claims")]),
            (40.0, vec![(30.0, "Jane Roe"), (400.0, "Report date: May 1, 2025")]),
            (60.0, vec![(30.0, "Elm Imaging Center")]),
            (72.0, vec![(30.0, "Claim no. 400500600700 - for Jane Roe - status: processed")]),
        ];
        let services = [("1", "OFFICE VISIT", "Billing code 99213, 1 unit"), ("2", "STERILE PACK", "3 units")];
        for (i, (number, name, facts)) in services.into_iter().enumerate() {
            let y = 100.0 + 70.0 * i as f32;
            lines.push((y, vec![(30.0, number), (50.0, name), (460.0, "April 15, 2025")]));
            lines.push((y + 10.0, vec![(50.0, facts), (460.0, "See note N7")]));
            lines.push((y + 28.0, vec![(88.0, "$200.00"), (190.0, "$100.00"), (300.0, "$70.00"), (400.0, "$30.00")]));
            lines.push((y + 39.0, NAMES.to_vec()));
            lines.push((y + 50.0, vec![(50.0, "Your part is made up of deductible $10.00, copay $0.00, coinsurance $20.00.")]));
        }
        lines.push((260.0, vec![(30.0, "This is not a bill.")]));
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let fields = [Field::ServiceDate, Field::Deductible, Field::Coinsurance];
        let rows: Vec<String> = s.rows.iter().map(|r| format!("{} {}", said(r, &FIELDS), said(r, &fields))).collect();
        assert_eq!(
            rows,
            [
                "OFFICE VISIT 99213 1 200.00 30.00 N7 2025-04-15 10.00 20.00",
                "STERILE PACK - 3 200.00 30.00 N7 2025-04-15 10.00 20.00"
            ]
        );
    }
}
