//! What to offer, as a person reads it.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle, presets};

use super::{NO_CARD, Negotiation, PaymentPlan, Talk};

/// Width of the text where there is no terminal.
const WIDTH: u16 = 100;

/// Writes the page.
pub fn write(to: &mut dyn Write, n: &Negotiation) -> io::Result<()> {
    let name = if n.patient.is_empty() { String::new() } else { format!(": {}", n.patient) };
    writeln!(to, "{}{name}", n.case_id)?;
    if let Some(why) = &n.refused {
        writeln!(to, "\nNo offer yet\n{}", listed(std::slice::from_ref(why)))?;
    } else {
        writeln!(to, "Verified balance: {}", n.verified_balance)?;
        if !n.before.is_empty() {
            writeln!(to, "\nFirst\n{}", listed(&n.before))?;
        }
        for talk in &n.talks {
            write_talk(to, talk)?;
        }
    }
    if let Some(s) = &n.assistance {
        let line = format!(
            "A household of {} with {} a year stands at {} % of the {} poverty guideline of {}. {}",
            s.household, s.income, s.percent, s.year, s.guideline, s.says
        );
        writeln!(to, "\nAssistance\n{}", listed(&[line]))?;
    }
    if !n.notes.is_empty() {
        writeln!(to, "\nNotes\n{}", listed(&n.notes))?;
    }
    if n.refused.is_none() {
        let last = [
            "Pay nothing before the provider has confirmed in writing: amount, due date, account number, and that it satisfies the balance.",
            NO_CARD,
        ];
        writeln!(to, "\nBefore you pay\n{}", listed(&last))?;
    }
    Ok(())
}

fn write_talk(to: &mut dyn Write, talk: &Talk) -> io::Result<()> {
    let with = [talk.provider.as_str(), &talk.path].iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>().join(", ");
    let account = if talk.account_no.is_empty() { String::new() } else { format!(", account {}", talk.account_no.join(", ")) };
    writeln!(to, "\n{with}{account}: {} verified", talk.verified_balance)?;
    if let Some(offer) = &talk.offer {
        let mut table = table(presets::UTF8_BORDERS_ONLY);
        table.set_header(["one payment", "amount", "rests on"]);
        for (what, figure) in [("open with", &offer.opening), ("aim at", &offer.target), ("stop at", &offer.walk_away)] {
            table.add_row([what.to_owned(), figure.amount.to_string(), figure.basis.clone()]);
        }
        right(&mut table, 1);
        writeln!(to, "{table}")?;
        let mut benchmarks = self::table(presets::UTF8_BORDERS_ONLY);
        benchmarks.set_header(["benchmark", "rests on"]);
        for b in &offer.benchmarks {
            benchmarks.add_row([b.amount.to_string(), b.basis.clone()]);
        }
        right(&mut benchmarks, 0);
        writeln!(to, "{benchmarks}")?;
    }
    let plans: Vec<&PaymentPlan> = talk.plan.iter().chain(&talk.plan_with_interest).collect();
    if !plans.is_empty() {
        let mut table = table(presets::UTF8_BORDERS_ONLY);
        table.set_header(["payment plan", "a month", "payments", "last one", "interest", "in all"]);
        for p in plans {
            let rate = if p.apr.is_zero() { "without interest".to_owned() } else { format!("at {} % a year", p.apr.normalize()) };
            table.add_row([
                rate,
                p.monthly.to_string(),
                p.payments.to_string(),
                p.last_payment.to_string(),
                p.interest.to_string(),
                p.total.to_string(),
            ]);
        }
        for column in 1..6 {
            right(&mut table, column);
        }
        writeln!(to, "{table}")?;
    }
    let said: Vec<&String> = talk.warnings.iter().chain(&talk.notes).collect();
    if !said.is_empty() {
        writeln!(to, "{}", listed(&said))?;
    }
    Ok(())
}

fn table(preset: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(preset).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    table
}

fn right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Each sentence with a dash before it, broken to the terminal's width.
fn listed<S: AsRef<str>>(lines: &[S]) -> String {
    let mut table = table(presets::NOTHING);
    for line in lines {
        table.add_row(["-", line.as_ref()]);
    }
    table.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
