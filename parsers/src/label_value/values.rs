//! Values beside their labels → cells.

use crate::columns::is_money_field;
use crate::grammar::{adjustments, code, date, money, units};
use crate::reading::Setting;
use crate::statement::{Cell, Field, Value};
use crate::tokens::Token;

/// The cell of a field whose value stands beside its label; `None` where it has not the form of one.
pub(super) fn cell(field: Field, t: &Token, page: u32, setting: &Setting) -> Option<Cell> {
    let (value, repairs) = match field {
        f if is_money_field(f) => {
            money::money(&t.text).map(|m| (m, 0)).or_else(|| money::money_lenient(&t.text)).map(|(m, n)| (Value::Money(m), n))?
        }
        Field::ServiceDate | Field::ServiceDateTo => (Value::Date(date::date(&t.text)?.resolve(setting.anchor)?), 0),
        Field::Code => match code::procedure(&t.text) {
            Some(p) => (Value::Code(p.code), 0),
            None => (Value::Text(t.text.clone()), 0),
        },
        Field::RevenueCode => (Value::Code(code::revenue_code(&t.text)?), 0),
        Field::Units => (Value::Number(units::units(&t.text)?), 0),
        Field::Modifiers => (Value::List(code::modifiers(&t.text)?), 0),
        Field::RemarkCodes => (Value::List(adjustments::remark_codes(&t.text)?), 0),
        Field::Adjustments => (Value::Adjustments(adjustments::adjustments(&t.text)?), 0),
        _ => (Value::Text(t.text.clone()), 0),
    };
    Some(Cell { value, raw: t.text.clone(), page, bbox: t.bbox, confidence: t.confidence * 0.93_f32.powi(i32::from(repairs)) })
}
