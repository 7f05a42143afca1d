//! Price files as JSON. The items are taken one by one as they stream by: a file of gigabytes is never held.

use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::RefError;
use super::super::read::Published;
use super::{Collector, StandardCharge};

/// One or several texts: version 2 and 3 differ.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Texts {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn joined(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::One(text) => text.clone(),
            Self::Many(texts) => texts.join("|"),
        }
    }
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    code_information: Vec<Code>,
    drug_information: Option<Drug>,
    #[serde(default)]
    standard_charges: Vec<Charge>,
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    code: String,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Drug {
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the template's names")]
struct Charge {
    #[serde(default)]
    setting: String,
    #[serde(default, alias = "modifiers")]
    modifier_code: Option<Texts>,
    gross_charge: Option<Decimal>,
    discounted_cash: Option<Decimal>,
    minimum: Option<Decimal>,
    maximum: Option<Decimal>,
    #[serde(default)]
    payers_information: Vec<Payer>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the template's names")]
struct Payer {
    #[serde(default)]
    payer_name: String,
    #[serde(default)]
    plan_name: String,
    standard_charge_dollar: Option<Decimal>,
    standard_charge_percentage: Option<Decimal>,
    standard_charge_algorithm: Option<String>,
}

/// Reads the file.
pub(super) fn read(p: &Published, file: &mut Collector<'_, '_>) -> Result<(), RefError> {
    let mut from = p.open()?;
    skip_mark(&mut from).map_err(|e| RefError::Open(p.name.clone(), e))?;
    let mut json = serde_json::Deserializer::from_reader(from);
    let read = Root(file).deserialize(&mut json);
    if let Some(failed) = file.failed.take() {
        return Err(failed);
    }
    read.map_err(|e| RefError::Json(p.name.clone(), e.to_string()))
}

/// Passes over a byte order mark.
fn skip_mark(from: &mut impl std::io::BufRead) -> std::io::Result<()> {
    if from.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        from.consume(3);
    }
    Ok(())
}

struct Root<'c, 'w, 't>(&'c mut Collector<'w, 't>);

impl<'de> DeserializeSeed<'de> for Root<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with hospital_name and standard_charge_information")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "hospital_name" | "location_name" | "hospital_location" => {
                    map.next_value::<Texts>()?.joined().split('|').for_each(|name| self.0.name(name));
                }
                "last_updated_on" => self.0.updated = super::csv::dated(&map.next_value::<String>()?),
                "version" => self.0.version = map.next_value()?,
                "standard_charge_information" => map.next_value_seed(Items(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Items<'c, 'w, 't>(&'c mut Collector<'w, 't>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items with their charges")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Item>()? {
            if let Err(error) = keep(self.0, &item) {
                self.0.failed = Some(error);
                return Err(serde::de::Error::custom("the store cannot take the charge"));
            }
        }
        Ok(())
    }
}

fn keep(file: &mut Collector<'_, '_>, item: &Item) -> Result<(), RefError> {
    let codes = || item.code_information.iter().map(|c| (c.kind.as_str(), c.code.as_str()));
    for charge in &item.standard_charges {
        let own = StandardCharge {
            setting: charge.setting.clone(),
            modifiers: charge.modifier_code.as_ref().map(Texts::joined).unwrap_or_default(),
            drug_unit: item.drug_information.as_ref().map(|d| d.kind.clone()).unwrap_or_default(),
            gross: charge.gross_charge,
            cash: charge.discounted_cash,
            least: charge.minimum,
            most: charge.maximum,
            ..StandardCharge::default()
        };
        if charge.payers_information.is_empty() {
            file.charge(codes(), &own)?;
        }
        for payer in &charge.payers_information {
            let agreed = StandardCharge {
                payer: Some((payer.payer_name.clone(), payer.plan_name.clone())),
                negotiated: payer.standard_charge_dollar,
                percentage: payer.standard_charge_percentage,
                algorithm: payer.standard_charge_algorithm.clone().unwrap_or_default(),
                ..own.clone()
            };
            file.charge(codes(), &agreed)?;
        }
    }
    Ok(())
}
