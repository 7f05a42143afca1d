//! The same paper twice.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{path_order, split_part};
use crate::names::number_key;
use crate::record::{DocKind, Document, LineKind, Money, Status};

/// Marks byte-identical files and repeated scans of one statement: [`Status::Duplicate`], with a message that names the
/// file that is kept (the best read one, then the plainest name).
pub fn mark_duplicates(documents: &mut [Document]) {
    let mut order: Vec<usize> = (0..documents.len()).filter(|&i| documents[i].status != Status::Failed).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (&documents[a], &documents[b]);
        y.confidence
            .total_cmp(&x.confidence)
            .then_with(|| x.path.chars().count().cmp(&y.path.chars().count()))
            .then_with(|| path_order(&x.path, &y.path))
    });
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        let twin = kept
            .iter()
            .copied()
            .find(|&k| same_bytes(&documents[k], &documents[i]) || same_statement(&documents[k], &documents[i]));
        match twin {
            Some(k) => {
                let first = documents[k].path.clone();
                documents[i].status = Status::Duplicate;
                documents[i].message = format!("same as {first}");
            }
            None => kept.push(i),
        }
    }
}

fn same_bytes(a: &Document, b: &Document) -> bool {
    let part = |p: &str| p.rsplit_once("#p").map(|(_, s)| s.to_owned());
    !a.sha256.is_empty()
        && a.sha256 == b.sha256
        && split_part(&a.path).0 != split_part(&b.path).0
        && part(&a.path) == part(&b.path)
}

fn keys(numbers: &[String]) -> BTreeSet<String> {
    numbers.iter().map(|n| number_key(n)).collect()
}

/// What a line says, for the comparison of two statements.
type LineKey = (LineKind, Option<Date>, Option<String>, Option<Money>, Option<Money>, Option<Money>);

fn same_statement(a: &Document, b: &Document) -> bool {
    if a.kind != b.kind || a.kind == DocKind::Other || a.statement_date.is_none() || a.statement_date != b.statement_date {
        return false;
    }
    let (accounts, claims) = (keys(&a.account_no), keys(&a.claim_no));
    if accounts != keys(&b.account_no) || claims != keys(&b.claim_no) || (accounts.is_empty() && claims.is_empty()) {
        return false;
    }
    if a.balance_due != b.balance_due
        || a.patient_responsibility != b.patient_responsibility
        || a.total_charges != b.total_charges
    {
        return false;
    }
    let lines = |d: &Document| -> Vec<LineKey> {
        let mut v: Vec<LineKey> = d
            .lines
            .iter()
            .map(|l| {
                (l.line_kind, l.service_date, l.code.clone(), l.charge, l.plan_paid.or(l.patient_paid), l.patient_responsibility)
            })
            .collect();
        v.sort();
        v
    };
    lines(a) == lines(b)
}
