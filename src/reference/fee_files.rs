//! Reading the Physician Fee Schedule's files: relative values, geographic indices, localities, anaesthesia.
//!
//! Source: CMS `PPRRVU` (each quarter; from 2026 on once for each conversion factor), Addendum E (`GPCI`), `ZIP5` (fixed width,
//! 80 columns), `ANES`, and the list of anaesthesia base units.

use rust_decimal::Decimal;

use super::RefError;
use super::edition::{Edition, Table, quarter_end, quarter_start, release_quarter, year_days};
use super::fee_schedule::{Locality, Rvu, ZipCode, part_key};
use super::read::{Published, cell, column, is_code, number, year};
use super::writer::{Finish, Origin, Writer};

/// Whether a head is that of a relative value file.
pub(super) fn is_rvus(head: &str) -> bool {
    head.contains("HCPCS") && head.contains("RVU") && head.contains("PAYMENT")
}

/// Whether a head is that of Addendum E.
pub(super) fn is_gpcis(head: &str) -> bool {
    // A text that speaks of the indices is no table: one line has the columns.
    head.lines().take(20).any(|l| l.contains("GPCI") && l.to_lowercase().contains("locality") && l.split([',', '\t']).count() > 4)
}

/// Whether a head is that of the fixed-width ZIP code file.
pub(super) fn is_zips(head: &str) -> bool {
    head.lines().next().is_some_and(|l| zip_code(l).is_some() && l.len() >= 75)
}

/// Whether a head is that of the anaesthesia conversion factors.
pub(super) fn is_anaesthesia_factors(head: &str) -> bool {
    let head = head.to_lowercase();
    head.contains("anes") && head.contains("locality") && (head.contains("cf") || head.contains("conversion factor"))
}

/// Whether a head is that of the anaesthesia base units.
pub(super) fn is_anaesthesia_units(head: &str) -> bool {
    let head = head.to_lowercase();
    head.contains("base unit") && head.contains("code")
}

/// Where a relative value file has its columns.
struct RvuColumns {
    modifier: usize,
    status: Option<usize>,
    work: usize,
    nonfacility: usize,
    nonfacility_na: Option<usize>,
    facility: usize,
    facility_na: Option<usize>,
    malpractice: usize,
    pctc: Option<usize>,
    surgery: [Option<usize>; 8],
    factor: usize,
    opps: [Option<usize>; 3],
}

/// The columns by their stacked headings, which move between years.
fn rvu_columns(headings: &[String]) -> Option<RvuColumns> {
    let clean: Vec<String> = headings.iter().map(|h| h.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let ends = |words: &str| clean.iter().position(|h| h.ends_with(words));
    let outside = |i: usize| clean[i].contains("NON-FAC") || clean[i].contains("NON FAC");
    let with = |end: &str, out: bool| -> Vec<usize> {
        clean.iter().enumerate().filter(|(i, h)| h.ends_with(end) && outside(*i) == out).map(|(i, _)| i).collect()
    };
    let last = |end: &str, out: bool| with(end, out).last().copied();
    let opps = |out: bool| with("USED FOR OPPS PAYMENT AMOUNT", out).into_iter().find(|&i| clean[i].contains("PE"));
    Some(RvuColumns {
        modifier: ends("MOD")?,
        status: ends("STATUS CODE"),
        work: ends("WORK RVU")?,
        // The transitional and the fully implemented values stood side by side in old years; the last of each is in force.
        nonfacility: last("PE RVU", true)?,
        nonfacility_na: last("NA INDICATOR", true),
        facility: last("PE RVU", false)?,
        facility_na: last("NA INDICATOR", false),
        malpractice: ends("MP RVU")?,
        pctc: ends("PCTC IND"),
        surgery: ["GLOB DAYS", "PRE OP", "INTRA OP", "POST OP", "MULT PROC", "BILAT SURG", "ASST SURG", "CO- SURG"].map(ends),
        factor: ends("CONV FACTOR").or_else(|| ends("CONVERSION FACTOR"))?,
        opps: [
            opps(true),
            opps(false),
            clean.iter().position(|h| h.starts_with("MP") && h.ends_with("USED FOR OPPS PAYMENT AMOUNT")),
        ],
    })
}

fn rvu(cells: &[String], c: &RvuColumns) -> Option<Rvu> {
    let value = |at: usize| cells.get(at).and_then(|v| v.parse::<Decimal>().ok());
    let or_zero = |at: Option<usize>| at.and_then(value).unwrap_or_default();
    let text = |at: Option<usize>| cell(cells, at).to_owned();
    let [global, before, during, after, multiple, bilateral, assistant, two] = c.surgery;
    Some(Rvu {
        status: text(c.status),
        work: value(c.work)?,
        nonfacility: value(c.nonfacility)?,
        nonfacility_na: cell(cells, c.nonfacility_na) == "NA",
        facility: value(c.facility)?,
        facility_na: cell(cells, c.facility_na) == "NA",
        malpractice: value(c.malpractice)?,
        conversion_factor: value(c.factor)?,
        pctc: text(c.pctc),
        global: text(global),
        portions: [or_zero(before), or_zero(during), or_zero(after)],
        multiple: text(multiple),
        bilateral: text(bilateral),
        assistant: text(assistant),
        two_surgeons: text(two),
        opps: c.opps.map(or_zero),
    })
}

/// Compiles a relative value file.
pub(super) fn rvus(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let year = year(&p.head).ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let mut headings: Vec<String> = Vec::new();
    let mut columns: Option<RvuColumns> = None;
    let mut factor = None;
    let mut n = 0;
    p.each_row(|cells| {
        n += 1;
        match &columns {
            None if cells.first().is_some_and(|c| c == "HCPCS") => {
                stack(&mut headings, cells);
                columns = rvu_columns(&headings);
                return Ok(columns.is_some());
            }
            None => {
                // Notices fill one cell only; headings fill many.
                if cells.iter().filter(|c| !c.is_empty()).count() > 1 {
                    stack(&mut headings, cells);
                }
                return Ok(n < 40);
            }
            Some(c) => {
                if let Some(code) = cells.first().filter(|c| is_code(c))
                    && let Some(rvu) = rvu(cells, c)
                {
                    factor = factor.or(Some(rvu.conversion_factor));
                    writer.put(&part_key(code, cell(cells, Some(c.modifier))), &rvu)?;
                }
            }
        }
        Ok(true)
    })?;
    let Some(factor) = factor else {
        return Err(RefError::Columns(p.name.clone(), "work, PE and MP RVU and conversion factor"));
    };
    let name = p.name.to_string_lossy().to_lowercase();
    let stated = p.head.lines().find(|l| l.to_lowercase().contains("release") && release_quarter(l).is_some());
    let quarter = stated.and_then(release_quarter).or_else(|| release_quarter(&name)).unwrap_or(1);
    let month = ["January", "April", "July", "October"][usize::from(quarter.unsigned_abs() - 1)];
    let mut from = quarter_start(year, quarter);
    // The factor of 2024 changed in mid-quarter: Consolidated Appropriations Act, 2024, section 305.
    if (year, quarter, factor) == (2024, 1, Decimal::new(332_875, 4)) {
        from = jiff::civil::Date::new(2024, 3, 9).ok();
    }
    // Qualifying participants in alternative payment models have a factor of their own from 2026 on (42 USC 1395w-4(d)(20)).
    let qualifying = if name.contains("nonqp") { false } else { name.contains("qp") || factor == Decimal::new(335_675, 4) };
    let whose = match (year >= 2026, qualifying) {
        (false, _) => "",
        (true, false) => ", non-qualifying participants",
        (true, true) => ", qualifying APM participants",
    };
    let mut finish = Finish::new(Table::Rvu, format!("{year} {month} release{whose}"), (from, from.map(quarter_end)));
    finish.identity = format!("{year} {month} {}", factor.normalize());
    finish.facts.insert("conversion_factor".into(), factor.to_string());
    finish.facts.insert("qualifying".into(), qualifying.to_string());
    writer.finish(finish, origin)
}

fn stack(headings: &mut Vec<String>, cells: &[String]) {
    headings.resize(headings.len().max(cells.len()), String::new());
    for (h, c) in headings.iter_mut().zip(cells) {
        h.push_str(c);
        h.push(' ');
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:0>width$}")
}

/// Compiles Addendum E: one row with every locality.
pub(super) fn gpcis(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let year = year(&p.head).ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let mut columns: Option<[Option<usize>; 7]> = None;
    let mut rows: Vec<Locality> = Vec::new();
    p.each_row(|cells| {
        if let Some([contractor, state, locality, name, work, expense, malpractice]) = columns {
            let value = |at: Option<usize>| number(cell(cells, at));
            if let (Some(work), Some(expense), Some(malpractice)) = (value(work), value(expense), value(malpractice)) {
                rows.push(Locality {
                    contractor: padded(cell(cells, contractor), 5),
                    state: cell(cells, state).to_uppercase(),
                    number: padded(cell(cells, locality), 2),
                    name: cell(cells, name).trim_end_matches('*').trim().to_owned(),
                    work,
                    expense,
                    malpractice,
                });
            }
        } else {
            // Where two work indices are printed, the one with the floor of section 1848(e)(1)(E) applies.
            let work = column(cells, |c| c.contains("pw gpci") && c.contains("with 1.0"))
                .or_else(|| column(cells, |c| c.contains("pw gpci") && !c.contains("without")))
                .or_else(|| column(cells, |c| c.contains("work") && c.contains("gpci")));
            let found = [
                column(cells, |c| c.contains("contractor") || c.contains("carrier")),
                column(cells, |c| c == "state"),
                column(cells, |c| c.contains("locality") && c.contains("number")),
                column(cells, |c| c.contains("locality name")),
                work,
                column(cells, |c| c.contains("pe gpci")),
                column(cells, |c| c.contains("mp gpci")),
            ];
            if [1, 3, 4, 5, 6].iter().all(|&i| found[i].is_some()) {
                columns = Some(found);
            }
        }
        Ok(true)
    })?;
    if rows.is_empty() {
        return Err(RefError::Columns(p.name.clone(), "state, locality name and the three GPCIs"));
    }
    let mut finish = Finish::new(Table::Gpci, format!("{year}"), year_days(year));
    finish.rows = Some(rows.len() as u64);
    writer.put("localities", &rows)?;
    writer.finish(finish, origin)
}

/// A record of the ZIP code file: state 1–2, ZIP code 3–7, carrier 8–12, locality 13–14, rural indicator 15, plus-four flag 21.
fn zip_code(line: &str) -> Option<(&str, ZipCode)> {
    let field = |from: usize, to: usize| line.get(from - 1..to);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (state, zip, contractor, number) = (field(1, 2)?, field(3, 7)?, field(8, 12)?, field(13, 14)?);
    let sound = state.bytes().all(|b| b.is_ascii_uppercase()) && digits(zip) && digits(contractor) && digits(number);
    sound.then(|| {
        let code = ZipCode {
            state: state.to_owned(),
            contractor: contractor.to_owned(),
            number: number.to_owned(),
            rural: field(15, 15).unwrap_or_default().trim().to_owned(),
            divided: field(21, 21) == Some("1"),
        };
        (zip, code)
    })
}

/// Compiles the ZIP code file.
pub(super) fn zips(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut period = None;
    p.each_line(|line| {
        if let Some((zip, code)) = zip_code(line) {
            writer.put(zip, &code)?;
            period = period.or_else(|| line.get(75..80).and_then(|q| q.parse::<i16>().ok()));
        }
        Ok(true)
    })?;
    // YYYYQ
    let quarter = period.and_then(|p| Some((p / 10, i8::try_from(p % 10).ok().filter(|q| (1..=4).contains(q))?)));
    let (year, quarter) = quarter.ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let from = quarter_start(year, quarter);
    writer.finish(Finish::new(Table::Zip, format!("{year} Q{quarter}"), (from, from.map(quarter_end))), origin)
}

/// Compiles the anaesthesia conversion factors: contractor and locality → dollars per unit.
pub(super) fn anaesthesia_factors(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let named = p.name.to_string_lossy().into_owned();
    let year = year(&p.head).or_else(|| year(&named)).ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let mut columns: Option<[Option<usize>; 3]> = None;
    let mut national = None;
    p.each_row(|cells| {
        if let Some([contractor, locality, factor]) = columns {
            if let Some(factor) = number(cell(cells, factor)) {
                let key = padded(cell(cells, contractor), 5) + &padded(cell(cells, locality), 2);
                writer.put(&key, &factor)?;
            }
            return Ok(true);
        }
        let contractor = column(cells, |c| c.contains("contractor") || c.contains("carrier"));
        let locality = column(cells, |c| c == "locality" || c.contains("locality n") && !c.contains("name"));
        let factor = column(cells, |c| c.contains(" cf") || c.contains("conversion factor"));
        if contractor.is_some() && locality.is_some() && factor.is_some() {
            national = cell(cells, factor).rsplit(' ').find_map(|w| w.parse::<Decimal>().ok());
            columns = Some([contractor, locality, factor]);
        }
        Ok(true)
    })?;
    if columns.is_none() {
        return Err(RefError::Columns(p.name.clone(), "contractor, locality and anaesthesia conversion factor"));
    }
    let lower = named.to_lowercase();
    let qualifying = !lower.contains("nonqp") && lower.contains("qp");
    let whose = if year < 2026 {
        ""
    } else if qualifying {
        ", qualifying APM participants"
    } else {
        ", non-qualifying participants"
    };
    let mut finish = Finish::new(Table::AnaesthesiaFactors, format!("{year}{whose}"), year_days(year));
    finish.facts.insert("qualifying".into(), qualifying.to_string());
    if let Some(national) = national {
        finish.facts.insert("national".into(), national.to_string());
    }
    writer.finish(finish, origin)
}

/// Compiles the anaesthesia base units: code → units.
pub(super) fn anaesthesia_units(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let named = p.name.to_string_lossy().into_owned();
    let year = year(&p.head).or_else(|| year(&named));
    let mut columns: Option<(usize, usize)> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some((code, units)) = columns {
            let code = padded(cell(cells, Some(code)), 5);
            if let Some(units) = number(cell(cells, Some(units))).filter(|_| is_code(&code)) {
                any = true;
                writer.put(&code, &units)?;
            }
        } else {
            // A title names both in one cell.
            let found = column(cells, |c| c.contains("code")).zip(column(cells, |c| c.contains("base unit")));
            columns = found.filter(|(code, units)| code != units);
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "code and base units"));
    }
    let days = year.map_or((None, None), year_days);
    let label = year.map_or_else(|| "undated".to_owned(), |y| y.to_string());
    writer.finish(Finish::new(Table::AnaesthesiaUnits, label, days), origin)
}
