//! Boxes of facts: captions in a row, each with its value under it, a day and an amount among them. They look like the head of a
//! table with one row; see [`crate::paper_captions`].

use super::{Column, is_money_field};
use crate::paper_captions::is_fact;
use crate::statement::Field;

/// Whether the heads are captions of facts of the paper, among which none says what was done or what it cost.
pub(super) fn are_heads(columns: &[Column]) -> bool {
    let (facts, others): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(|c| is_fact(&c.head));
    // `Total | Amount due`, the caption of one box cut in two
    let cut = |c: &Column| c.fields == [Field::Charge] && c.head.trim().eq_ignore_ascii_case("total");
    let of_service = |c: &&Column| {
        let sum = |f: Field| matches!(f, Field::Balance | Field::PatientResponsibility);
        let tells = |f: Field| matches!(f, Field::Description | Field::Code | Field::RevenueCode | Field::Units);
        !cut(c) && c.fields.iter().any(|f| tells(*f) || is_money_field(*f) && !sum(*f))
    };
    facts.len() >= 2 && !others.iter().any(of_service)
}
