//! Headings that name the department of the services under them by its revenue code:
//!
//! ```text
//! 0450 EMERGENCY ROOM
//! REV CODE 0351 - CT SCAN/HEAD
//! LABORATORY (Rev 0301)
//! 636 PHARMACY
//! ```
//! A code of three figures without a mark may count or number something: it needs the name of a department behind it. So does
//! a code behind words, unless it stands in brackets: `RECOVERY ROOM PHASE 1 Rev 0710` is a service.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::code::revenue_code;
use crate::labelled::labelled;
use crate::statement::Field;

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:(?:\(?rev(?:enue)?\.?\s*(?:code|cd)?\.?\s*[:#]?\s*)(\d{3,4})|(0\d{3})|(\d{3,4})\s*[-–:])\)?\s*[-–:.]?\s*(?-i:[A-Z][A-Za-z/&.]{1,})").expect("a constant pattern")
});

/// `Rev 0360 operating room`, in small letters.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:\(?rev(?:enue)?\.?\s*(?:code|cd)?\.?\s*[:#]?\s*)(\d{3,4})\)?[\s:.–-]+([a-z].*)$")
        .expect("a constant pattern")
});

static BARE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\d{3})\s+(\D+)$").expect("a constant pattern"));

static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([A-Za-z]\D*?)[\s,:–-]*([\[(])?\s*(?i:rev(?:enue)?|rc)\b\.?\s*(?i:code|cd)?\.?\s*[:#]?\s*(\d{3,4})\s*[\])]?$")
        .expect("a constant pattern")
});

/// What hospitals call the departments of the revenue codes (NUBC, form locator 42), all of the words.
static DEPARTMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?ix)^(?:
        (?:general\s+|inpatient\s+|outpatient\s+|hospital\s+|other\s+)*
        (?: pharmacy|drugs?|iv\s+(?:therapy|solutions?)|(?:med(?:ical)?[\s/-]*(?:and\s+|&\s*)?surg(?:ical)?\s+)?suppl(?:y|ies)(?:\s*/\s*devices?)?|implants?|devices?
        | lab(?:oratory|\.)?|pathology|radiology|x-?rays?|diagnostic(?:\s+(?:radiology|imaging|x-?ray))?|imaging(?:\s+services)?|ct(?:\s+scans?)?|mri|ultrasound|mammography|nuclear\s+medicine
        | (?:operating|emergency|recovery|delivery|treatment|cast|observation)\s+(?:room|department|dept\.?)|emergency|observation|trauma|o\.?r\.?\s+services|pacu
        | an(?:a)?esthesia|blood(?:\s+(?:bank|products))?|respiratory(?:\s+(?:care|therapy|services))?|oxygen
        | (?:physical|occupational|speech|radiation)\s+therapy|ekg|ecg|ekg\s*/\s*ecg|eeg|cardiology|cardiac\s+cath(?:eterization)?(?:\s+lab)?|telemetry
        | room\s*(?:and|&|/)\s*board|r\s*&\s*b|nursery|icu|intensive\s+care|labor(?:\s+(?:and|&|/)\s*delivery)?|clinic|ambulance|dialysis|oncology|gastro\w*|endoscopy|pulmonary(?:\s+function)?|professional\s+fees?|preventive\s+care)
        (?:\s*[-/,(]\s*[a-z/&\s]+\)?|\s+(?:services?|general|department|dept\.?))?
        )$")
    .expect("a constant pattern")
});

/// The revenue code that heads a group.
pub fn heading_revenue_code(text: &str) -> Option<String> {
    // `Rev 0360 Qty 1` under the words of a service is no heading
    if labelled(text).is_some_and(|(values, _)| values.iter().any(|(f, _)| matches!(f, Field::Units | Field::Code))) {
        return None;
    }
    let text = text.trim();
    if let Some(m) = BEFORE.captures(text) {
        return revenue_code(m.get(1).or_else(|| m.get(2)).or_else(|| m.get(3))?.as_str());
    }
    let department = |words: &str| DEPARTMENT.is_match(words.trim());
    if let Some(m) = BARE.captures(text).or_else(|| LABELLED.captures(text)).filter(|m| department(&m[2])) {
        return revenue_code(&m[1]);
    }
    // `LABORATORY (0305)`: with its nought the figures in brackets are no count
    let in_brackets = || {
        let (name, code) = text.strip_suffix(')')?.rsplit_once('(')?;
        let named = name.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !name.contains(char::is_numeric);
        (named && code.len() == 4 && code.starts_with('0')).then_some(code)
    };
    let m = BEHIND.captures(text).filter(|m| m.get(2).is_some() || department(&m[1]));
    revenue_code(m.as_ref().and_then(|m| m.get(3)).map(|m| m.as_str()).or_else(in_brackets)?)
}

#[cfg(test)]
mod tests {
    use super::heading_revenue_code;
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_code_stands_before_or_behind_the_department() {
        for (text, code) in [
            ("0450 EMERGENCY ROOM", "0450"),
            ("REV CODE 351 CT Scan", "0351"),
            ("351 - CT SCAN/HEAD", "0351"),
            ("Laboratory (Rev 0301)", "0301"),
            ("MED/SURG SUPPLIES (0272)", "0272"),
            ("MED/SURG SUPPLIES [Rev. Code 270]", "0270"),
            ("IV Therapy - Rev 260", "0260"),
            ("636 PHARMACY", "0636"),
            ("270 Med/Surg Supplies", "0270"),
            ("730 EKG/ECG", "0730"),
            ("Rev 0360 operating room", "0360"),
            ("Rev. code 272 - med/surg supplies", "0272"),
        ] {
            assert_eq!(heading_revenue_code(text).as_deref(), Some(code), "{text}");
        }
        for text in [
            "636 Main Street",
            "100 Units of service",
            "RECOVERY ROOM PHASE 1 Rev 0710",
            "Form PS-746 Rev. 04/2022",
            "rev 0360 of your bill",
        ] {
            assert_eq!(heading_revenue_code(text), None, "{text}");
        }
    }

    #[test]
    fn the_heading_over_a_head_that_comes_again_is_of_its_rows() {
        let head: &[(f32, &str)] =
            &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-440.0, "Qty"), (-540.0, "Amount")];
        let row = |code: &'static str, words: &'static str, amount: &'static str| {
            [(30.0, "03/09/2025"), (110.0, code), (200.0, words), (-440.0, "1"), (-540.0, amount)]
        };
        let rows =
            [row("36415", "VENIPUNCTURE", "31.50"), row("71046", "CHEST XRAY", "389.00"), row("99284", "ED VISIT", "904.00")];
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "0300 Laboratory")]),
            (72.0, head),
            (84.0, &rows[0]),
            (96.0, &[(30.0, "Subtotal"), (-540.0, "31.50")]),
            (110.0, &[(30.0, "Radiology (Rev 0324)")]),
            (122.0, head),
            (134.0, &rows[1]),
            (146.0, &[(30.0, "Subtotal"), (-540.0, "389.00")]),
            (160.0, &[(30.0, "450 Emergency Room")]),
            (172.0, head),
            (184.0, &rows[2]),
            (196.0, &[(30.0, "Subtotal"), (-540.0, "904.00")]),
        ]);
        let read: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code])).collect();
        assert_eq!(read, ["0300 36415", "0324 71046", "0450 99284"]);
    }
}
