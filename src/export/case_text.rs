//! The account of a case as a person reads it: for each bill both sides' figures, what is in dispute by which finding, and
//! what the papers support; then the road and the findings.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::cases_json::JudgedCase;
use super::cells::money;
use crate::ledger::{Account, RoadStep};
use crate::record::Money;
use crate::rules::Finding;

/// Writes the page.
pub fn write(to: &mut dyn Write, case: &JudgedCase) -> io::Result<()> {
    let s = &case.summary;
    writeln!(to, "{}{}", s.case_id, if s.patient.is_empty() { String::new() } else { format!(": {}", s.patient) })?;
    writeln!(to, "{} documents, {} bills, {} EOBs", s.documents, s.bills, s.eobs)?;
    for account in &case.accounts {
        writeln!(to)?;
        write_account(to, account)?;
    }
    writeln!(to)?;
    if case.accounts.len() > 1 {
        writeln!(
            to,
            "All bills: asked {}, in dispute {}, supported {}",
            s.billed_balance, s.amount_disputed, s.balance_supported
        )?;
    }
    if case.road.is_empty() {
        writeln!(to, "Next step: {}{}", s.next_step.as_str(), by(s.next_deadline))?;
    } else {
        writeln!(to, "What to do\n{}", road(&case.road))?;
    }
    let (open, decided): (Vec<&Finding>, Vec<&Finding>) = case.findings.iter().partition(|f| f.is_open());
    if !open.is_empty() {
        writeln!(to, "\nFindings")?;
    }
    for f in open {
        writeln!(to, "  {} {} [{}] {}{}", f.flag_id, f.rule, f.severity.as_str(), place(f), by(f.deadline))?;
        writeln!(to, "      {}", f.explanation)?;
        writeln!(to, "      {}", f.next_step)?;
    }
    if !decided.is_empty() {
        writeln!(to, "\nDecided")?;
    }
    for (f, d) in decided.iter().filter_map(|f| Some((f, f.decision.as_ref()?))) {
        let who = [d.by.clone(), d.date.map(|x| x.to_string()).unwrap_or_default()];
        let who: Vec<&str> = who.iter().map(String::as_str).filter(|x| !x.is_empty()).collect();
        let note = if d.note.is_empty() { String::new() } else { format!(": {}", d.note) };
        writeln!(to, "  {} {} {} {}{note}", f.flag_id, f.rule, d.verdict.as_str(), who.join(", "))?;
    }
    Ok(())
}

fn by(deadline: Option<jiff::civil::Date>) -> String {
    deadline.map(|d| format!(", by {d}")).unwrap_or_default()
}

/// Width of the text where there is no terminal.
const WIDTH: u16 = 100;

/// The steps in their order; the reason is broken to the terminal's width.
fn road(steps: &[RoadStep]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    for r in steps {
        let what = format!("{}{}", r.step.as_str(), by(r.by));
        table.add_row([r.state.as_str().to_owned(), format!("{what}\n{}", r.reason)]);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn place(f: &Finding) -> String {
    match (f.page, f.line_no) {
        (Some(page), Some(line)) => format!("{}, page {page}, line {line}", f.path),
        (Some(page), None) => format!("{}, page {page}", f.path),
        _ => f.path.clone(),
    }
}

fn write_account(to: &mut dyn Write, a: &Account) -> io::Result<()> {
    let list = |what: &str, values: &[String]| {
        if values.is_empty() { String::new() } else { format!(", {what} {}", values.join(", ")) }
    };
    let provider = if a.provider.is_empty() { String::new() } else { format!(", {}", a.provider) };
    writeln!(to, "{}{provider}{}{}", a.path, list("account", &a.account_no), list("claim", &a.claim_no))?;
    let eob = match &a.eobs[..] {
        [] => "no EOB".to_owned(),
        [one] => one.clone(),
        several => format!("{} EOBs", several.len()),
    };
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["", "bill", eob.as_str()]);
    let sides: [(&str, Option<Money>, Option<Money>); 5] = [
        ("charged", a.bill.charged, a.eob.charged),
        ("discount", a.bill.discount, a.eob.discount),
        ("plan paid", a.bill.plan_paid, a.eob.plan_paid),
        ("patient's share", a.bill.patient_share, a.eob.patient_share),
        ("patient paid", a.bill.patient_paid, a.eob.patient_paid),
    ];
    for (what, bill, eob) in sides.into_iter().filter(|(_, b, e)| b.is_some() || e.is_some()) {
        table.add_row([what.to_owned(), money(bill), money(eob)]);
    }
    if a.unmatched > Money::ZERO && !a.eobs.is_empty() {
        table.add_row(["on no EOB".to_owned(), money(Some(a.unmatched)), String::new()]);
    }
    table.add_row(["asked".to_owned(), money(a.asked), String::new()]);
    for d in &a.disputed {
        let what = format!("  in dispute: {} [{}]", d.rule, d.severity.as_str());
        table.add_row([what, money(Some(-d.amount)), d.flag_id.clone()]);
    }
    if a.asked.is_some() {
        table.add_row(["supported".to_owned(), money(Some(a.supported)), String::new()]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    writeln!(to, "{table}")
}
