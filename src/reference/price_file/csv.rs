//! Price files as CSV: tall, with a row for each plan, and wide, with columns for each plan.

use rust_decimal::Decimal;

use super::super::RefError;
use super::super::read::{Published, cell, number};
use super::{Collector, StandardCharge};

/// How many codes an item has in the template.
const MOST_CODES: usize = 12;

/// Where the charges stand.
#[derive(Default)]
struct Columns {
    /// Code and its kind.
    codes: Vec<(usize, usize)>,
    setting: Option<usize>,
    modifiers: Option<usize>,
    drug_unit: Option<usize>,
    gross: Option<usize>,
    cash: Option<usize>,
    least: Option<usize>,
    most: Option<usize>,
    payer: Option<usize>,
    plan: Option<usize>,
    /// Negotiated dollars, percentage and algorithm of the row's plan (tall).
    agreed: [Option<usize>; 3],
    /// The same of each plan (wide).
    plans: Vec<Plan>,
}

#[derive(Default)]
struct Plan {
    name: (String, String),
    agreed: [Option<usize>; 3],
}

/// A heading's parts, e.g. `standard_charge|PAYER|PLAN|negotiated_dollar`; blanks around the bars do not count.
fn parts(heading: &str) -> Vec<&str> {
    heading.split('|').map(str::trim).collect()
}

const AGREED: [&str; 3] = ["negotiated_dollar", "negotiated_percentage", "negotiated_algorithm"];

impl Columns {
    fn of(cells: &[String]) -> Self {
        let find = |name: &str| cells.iter().position(|c| parts(c).join("|").eq_ignore_ascii_case(name));
        let mut columns = Self {
            codes: (1..=MOST_CODES).filter_map(|n| find(&format!("code|{n}")).zip(find(&format!("code|{n}|type")))).collect(),
            setting: find("setting"),
            modifiers: find("modifiers"),
            drug_unit: find("drug_unit_of_measurement"),
            gross: find("standard_charge|gross"),
            cash: find("standard_charge|discounted_cash"),
            least: find("standard_charge|min"),
            most: find("standard_charge|max"),
            payer: find("payer_name"),
            plan: find("plan_name"),
            agreed: AGREED.map(|name| find(&format!("standard_charge|{name}"))),
            plans: Vec::new(),
        };
        for (at, heading) in cells.iter().enumerate() {
            let &[first, payer, plan, what] = parts(heading).as_slice() else { continue };
            let Some(which) = AGREED.iter().position(|a| what.eq_ignore_ascii_case(a)) else { continue };
            if first.eq_ignore_ascii_case("standard_charge") {
                let name = (payer.to_owned(), plan.to_owned());
                let known = columns.plans.iter().position(|p| p.name == name).unwrap_or_else(|| {
                    columns.plans.push(Plan { name, ..Plan::default() });
                    columns.plans.len() - 1
                });
                columns.plans[known].agreed[which] = Some(at);
            }
        }
        columns
    }

    fn is_complete(&self) -> bool {
        !self.codes.is_empty() && (self.gross.is_some() || self.agreed[0].is_some() || !self.plans.is_empty())
    }
}

/// Reads the file.
pub(super) fn read(p: &Published, file: &mut Collector<'_, '_>) -> Result<(), RefError> {
    let mut names: Vec<String> = Vec::new();
    let mut columns = Columns::default();
    let mut n = 0;
    p.each_row(|cells| {
        n += 1;
        match n {
            1 => names = cells.iter().map(|c| c.to_lowercase()).collect(),
            2 => {
                for (name, value) in names.iter().zip(cells).filter(|(_, v)| !v.is_empty()) {
                    match name.as_str() {
                        "hospital_name" | "hospital_location" | "location_name" => value.split('|').for_each(|v| file.name(v)),
                        "last_updated_on" => file.updated = dated(value),
                        "version" => file.version.clone_from(value),
                        _ => {}
                    }
                }
            }
            3 => {
                columns = Columns::of(cells);
                return Ok(columns.is_complete());
            }
            _ => row(file, &columns, cells)?,
        }
        Ok(true)
    })?;
    if file.names.is_empty() || !columns.is_complete() {
        return Err(RefError::Columns(p.name.clone(), "hospital_name, code|1 and standard_charge columns"));
    }
    Ok(())
}

/// The day of a file as `yyyy-mm-dd`; `m/d/yyyy` is printed too.
pub(super) fn dated(text: &str) -> String {
    let parts: Vec<i16> = text.split('/').filter_map(|p| p.trim().parse().ok()).collect();
    match parts.as_slice() {
        [m, d, y] if *y > 2000 => format!("{y:04}-{m:02}-{d:02}"),
        _ => text.trim().to_owned(),
    }
}

/// Payer and plan, and where the row states what they have agreed.
type PlanColumns = ((String, String), [Option<usize>; 3]);

fn row(file: &mut Collector<'_, '_>, c: &Columns, cells: &[String]) -> Result<(), RefError> {
    let text = |at| cell(cells, at).to_owned();
    let value = |at| number(cell(cells, at));
    let own = StandardCharge {
        setting: text(c.setting),
        modifiers: text(c.modifiers),
        drug_unit: text(c.drug_unit),
        gross: value(c.gross),
        cash: value(c.cash),
        least: value(c.least),
        most: value(c.most),
        ..StandardCharge::default()
    };
    let codes = || c.codes.iter().map(|&(code, kind)| (cell(cells, Some(kind)), cell(cells, Some(code))));
    let agreed = |[dollars, percent, algorithm]: [Option<usize>; 3]| -> (Option<Decimal>, Option<Decimal>, String) {
        (value(dollars), value(percent), text(algorithm))
    };
    let mut plans: Vec<PlanColumns> = c.plans.iter().map(|p| (p.name.clone(), p.agreed)).collect();
    if !cell(cells, c.payer).is_empty() {
        plans.push(((text(c.payer), text(c.plan)), c.agreed));
    }
    let mut any = false;
    for (payer, at) in plans {
        let (negotiated, percentage, algorithm) = agreed(at);
        if negotiated.is_some() || percentage.is_some() || !algorithm.is_empty() {
            any = true;
            file.charge(codes(), &StandardCharge { payer: Some(payer), negotiated, percentage, algorithm, ..own.clone() })?;
        }
    }
    if any { Ok(()) } else { file.charge(codes(), &own) }
}
