//! An ExplanationOfBenefit → an EOB; a Claim → the bill that it is.

use serde_json::Value;

use super::adjudication::{amounts, network};
use super::item::{self, Item};
use super::json::{codings, day, list, money, text};
use super::references::References;
use crate::record::{ArithmeticCheck, CheckKind, DocKind, Field, LineKind, Money};
use crate::structured::Part;
use crate::structured::cells::{Cells, add, blank, unparsed};
use billproof_parsers::statement::{Note, Statement};

/// Name under which documents.csv lists what was read here.
pub const LAYOUT: &str = "fhir";

/// Addresses of CMS's own code systems: whatever carries them is Medicare's.
const CMS: &str = "https://bluebutton.cms.gov/";

/// The statement of a resource.
pub fn statement(resource: &Value, references: &References<'_>, page: u32) -> Part {
    let settled = text(resource, "resourceType") == Some("ExplanationOfBenefit");
    let mut out = blank(LAYOUT, if settled { DocKind::Eob } else { DocKind::ItemizedBill });
    let withdrawn = text(resource, "status").filter(|s| matches!(*s, "cancelled" | "entered-in-error"));
    if let Some(status) = withdrawn {
        out.unparsed.push(unparsed(
            page,
            text(resource, "id").unwrap_or_default().to_owned(),
            format!("withdrawn: its status is {status}"),
        ));
        return Part { statement: out, checks: Vec::new() };
    }
    let mut head = header(resource, references, page);
    let mut items: Vec<Item> =
        list(resource, "item").iter().chain(list(resource, "addItem")).map(|i| item::read(i, page)).collect();
    let mut totals = amounts(list(resource, "total"));
    for (field, amount) in amounts(list(resource, "adjudication")) {
        totals.entry(field).or_insert(amount);
    }
    // Revenue code 0001 is the line on which a claim form adds up the others.
    if items.len() > 1
        && let Some(i) = items.iter().position(|i| i.revenue_code == "0001")
        && let Some(charge) = items.remove(i).charge
    {
        totals.entry(Field::Charge).or_insert(charge);
    }
    let claimed = resource.get("total").filter(|t| t.is_object()).and_then(|t| money(Some(t)));
    let charges = carrier_charges(resource).or_else(|| totals.get(&Field::Charge).copied()).or(claimed);
    let paid = totals.get(&Field::PlanPaid).copied().or_else(|| money(resource.get("payment").and_then(|p| p.get("amount"))));
    head.money(Field::TotalCharges, charges);
    head.money(Field::TotalPlanPaid, paid);
    head.money(Field::TotalDiscount, totals.get(&Field::PlanDiscount).copied());
    head.money(Field::TotalPatientPaid, totals.get(&Field::PatientPaid).copied().or_else(|| money(resource.get("patientPaid"))));
    head.money(Field::TotalPatientResponsibility, totals.get(&Field::PatientResponsibility).copied());
    add(&mut out, head);
    let checks = total_check(&items, charges, page);
    rows(&mut out, items, resource, &totals, page);
    Part { statement: out, checks }
}

fn rows(out: &mut Statement, items: Vec<Item>, resource: &Value, totals: &std::collections::BTreeMap<Field, Money>, page: u32) {
    if items.is_empty() && !totals.is_empty() {
        // settled as a whole: the claim is its only line
        let mut cells = Cells::new(page);
        let period = resource.get("billablePeriod");
        cells.period(period.and_then(|p| day(text(p, "start"))), period.and_then(|p| day(text(p, "end"))));
        for (field, amount) in totals {
            cells.money(*field, Some(*amount));
        }
        out.rows.push(cells.into_row(LineKind::Service, None));
    }
    for item in items {
        for (code, meaning) in item.reasons {
            if !meaning.is_empty() && !out.notes.iter().any(|n| n.code == code) {
                out.notes.push(Note { code, text: meaning, page });
            }
        }
        let taken_back = item.charge.is_some_and(|c| c < Money::ZERO);
        let row = item.cells.into_row(if taken_back { LineKind::Reversal } else { LineKind::Service }, None);
        if !row.cells.is_empty() {
            out.columns.extend(row.cells.keys().copied());
            out.rows.push(row);
        }
    }
}

fn total_check(items: &[Item], charges: Option<Money>, page: u32) -> Vec<ArithmeticCheck> {
    let all: Option<Money> = items.iter().map(|i| i.charge).sum();
    let check = |(printed, computed): (Money, Money)| ArithmeticCheck {
        kind: CheckKind::TotalCharges,
        line_no: None,
        page,
        printed,
        computed,
        certain: false,
    };
    charges.zip(all.filter(|_| !items.is_empty())).map(check).into_iter().collect()
}

fn header(resource: &Value, references: &References<'_>, page: u32) -> Cells {
    let mut head = Cells::new(page);
    head.text(Field::Patient, &references.name(resource, "patient").unwrap_or_default());
    head.text(
        Field::Provider,
        &references.name(resource, "provider").or_else(|| references.name(resource, "facility")).unwrap_or_default(),
    );
    head.text(Field::ProviderNpi, &references.npi(resource, "provider").unwrap_or_default());
    head.text(Field::Payer, &payer(resource, references));
    head.text(Field::MemberId, &member_id(resource, references));
    head.text(Field::ClaimNo, &claim_no(resource));
    head.text(
        Field::AccountNo,
        supporting(resource, "patientaccountnumber").and_then(|i| text(i, "valueString")).unwrap_or_default(),
    );
    head.text(Field::Network, network(resource).unwrap_or_default());
    head.text(Field::ClaimStatus, outcome(resource).unwrap_or_default());
    head.text(Field::TypeOfBill, &type_of_bill(resource));
    head.date(Field::StatementDate, issued(resource));
    if let Some(period) = resource.get("billablePeriod") {
        head.date(Field::ServiceFrom, day(text(period, "start")));
        head.date(Field::ServiceTo, day(text(period, "end")));
    }
    if let Some(stay) = supporting(resource, "admissionperiod").and_then(|i| i.get("timingPeriod")) {
        head.date(Field::Admitted, day(text(stay, "start")));
        head.date(Field::Discharged, day(text(stay, "end")));
    }
    head
}

/// The supporting information of a category.
fn supporting<'a>(resource: &'a Value, category: &str) -> Option<&'a Value> {
    list(resource, "supportingInfo").iter().find(|i| codings(i.get("category")).iter().any(|c| c.short() == category))
}

/// The extension of a CMS variable.
fn extension<'a>(value: &'a Value, variable: &str) -> Option<&'a Value> {
    list(value, "extension").iter().find(|e| text(e, "url").is_some_and(|u| u.starts_with(CMS) && u.ends_with(variable)))
}

fn payer(resource: &Value, references: &References<'_>) -> String {
    if let Some(name) = references.name(resource, "insurer") {
        return name;
    }
    let of_cms = list(resource, "identifier").iter().any(|i| text(i, "system").is_some_and(|s| s.starts_with(CMS)));
    let value = resource.get("insurer").and_then(|i| i.get("identifier")).and_then(|i| text(i, "value"));
    match value {
        Some("CMS") => "Medicare".to_owned(),
        None if of_cms => "Medicare".to_owned(),
        value => value.unwrap_or_default().to_owned(),
    }
}

fn member_id(resource: &Value, references: &References<'_>) -> String {
    let insurances = list(resource, "insurance");
    let focal = insurances.iter().find(|i| i.get("focal").and_then(Value::as_bool) == Some(true)).or(insurances.first());
    let coverage = focal.and_then(|i| i.get("coverage")).and_then(|c| references.resolve(resource, c));
    coverage.and_then(|c| text(c, "subscriberId")).unwrap_or_default().to_owned()
}

/// The number that a notice prints: the contractor's control number, else the payer's own identifier of the claim.
fn claim_no(resource: &Value) -> String {
    let control = ["carr_clm_cntl_num", "fi_doc_clm_cntl_num"].iter().find_map(|v| {
        let e = extension(resource, v)?;
        e.get("valueIdentifier").and_then(|i| text(i, "value")).or_else(|| text(e, "valueString"))
    });
    let identifiers = list(resource, "identifier");
    let unique =
        identifiers.iter().filter(|i| codings(i.get("type")).iter().any(|c| c.code == "uc")).find_map(|i| text(i, "value"));
    control.or(unique).or_else(|| identifiers.iter().find_map(|i| text(i, "value"))).unwrap_or_default().to_owned()
}

fn outcome(resource: &Value) -> Option<&'static str> {
    if text(resource, "resourceType") != Some("ExplanationOfBenefit") {
        return None;
    }
    if text(resource, "use").is_some_and(|u| u != "claim") {
        // a predetermination settles nothing
        return Some("pending");
    }
    match text(resource, "outcome")? {
        "queued" => Some("pending"),
        "complete" | "partial" => Some("processed"),
        _ => None,
    }
}

/// When the plan decided: CMS's processing date, the payment, else when the resource says that it was made.
fn issued(resource: &Value) -> Option<jiff::civil::Date> {
    let processed = supporting(resource, "nch_wkly_proc_dt").and_then(|i| day(text(i, "timingDate")));
    let paid = || resource.get("payment").and_then(|p| day(text(p, "date")));
    processed.or_else(paid).or_else(|| day(text(resource, "created")))
}

/// UB-04 form locator 4: as one code, or CMS's three parts.
fn type_of_bill(resource: &Value) -> String {
    let digits = |c: &str| (3..=4).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_alphanumeric());
    let whole = supporting(resource, "typeofbill").map(|i| codings(i.get("code"))).unwrap_or_default();
    if let Some(code) = whole.iter().map(|c| c.code).find(|c| digits(c)) {
        return format!("{code:0>4}");
    }
    let coded = |e: Option<&Value>| e.and_then(|e| e.get("valueCoding")).and_then(|c| text(c, "code")).map(str::to_owned);
    let facility = coded(resource.get("facility").and_then(|f| extension(f, "clm_fac_type_cd")));
    let class = coded(extension(resource, "clm_srvc_clsfctn_type_cd"));
    let frequency = supporting(resource, "clm_freq_cd")
        .or_else(|| supporting(resource, "typeofbill"))
        .and_then(|i| codings(i.get("code")).first().map(|c| c.code.to_owned()));
    match (facility, class, frequency) {
        (Some(f), Some(c), Some(q)) if f.len() + c.len() + q.len() == 3 => format!("0{f}{c}{q}"),
        _ => String::new(),
    }
}

/// What a carrier's claim charges in all stands among the balances of benefits; the total that CMS puts on such claims is
/// an institution's, and zero.
fn carrier_charges(resource: &Value) -> Option<Money> {
    let balances = list(resource, "benefitBalance").iter().flat_map(|b| list(b, "financial"));
    let mut charged = balances.filter(|f| codings(f.get("type")).iter().any(|c| c.short() == "nch_carr_clm_sbmtd_chrg_amt"));
    charged.find_map(|f| money(f.get("usedMoney")))
}
