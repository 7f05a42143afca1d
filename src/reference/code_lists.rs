//! Code lists that the rules rest on: numbers only, each with its source.
//!
//! Descriptions of CPT codes belong to the American Medical Association and stand nowhere in this project.

use std::ops::RangeInclusive;

use crate::record::ServiceLine;

/// A span of CPT codes that are digits only.
type Span = RangeInclusive<u32>;

/// Families of evaluation and management codes with levels, lowest first (CPT, Evaluation and Management section).
const LEVELLED: &[Span] = &[
    99202..=99205,
    99211..=99215,
    99221..=99223,
    99231..=99233,
    99281..=99285,
    99304..=99306,
    99307..=99310,
    99341..=99345,
    99347..=99350,
];

/// New-patient office visits (CPT).
const NEW_PATIENT: Span = 99202..=99205;

/// Visits in which a clinician sees the patient face to face (CPT Evaluation and Management, without telephone, online
/// and care-management services): they make the patient an established one for three years.
const FACE_TO_FACE: &[Span] = &[
    99202..=99215,
    99221..=99239,
    99242..=99245,
    99252..=99255,
    99281..=99285,
    99291..=99292,
    99304..=99318,
    99341..=99350,
    99381..=99397,
];

/// Ancillary services of 45 CFR 149.420(b): anaesthesia, radiology, laboratory and pathology, newborn and critical care,
/// hospitalist visits (CPT sections).
const ANCILLARY: &[(Span, &str)] = &[
    (100..=1999, "anaesthesia"),
    (70010..=79999, "radiology"),
    (80047..=89398, "laboratory or pathology"),
    (99460..=99480, "newborn care"),
    (99291..=99292, "intensive care"),
    (99221..=99239, "hospitalist care"),
];

/// Preventive services without cost sharing (45 CFR 147.130; USPSTF A and B, ACIP, HRSA): visits, screening
/// mammography, stool-based colorectal screening, immunisation and its administration.
const PREVENTIVE: &[Span] = &[
    99381..=99397,
    77063..=77063,
    77067..=77067,
    82270..=82270,
    82274..=82274,
    81528..=81528,
    90460..=90474,
    90480..=90480,
    90619..=90759,
    91300..=91322,
];

/// Travel and rabies vaccines inside the range above, which the ACIP schedule does not recommend for all.
const NOT_PREVENTIVE: &[u32] = &[90675, 90690, 90691, 90717, 90738];

/// Preventive services by HCPCS code: annual wellness visits, screening colonoscopy (HCPCS Level II).
const PREVENTIVE_HCPCS: &[&str] = &["G0438", "G0439", "G0105", "G0121"];

/// Colonoscopy codes that are screening only with modifier 33 or PT.
const COLONOSCOPY: Span = 45378..=45385;

/// Air ambulance (HCPCS Level II): base rates and mileage, fixed and rotary wing.
const AIR_AMBULANCE: &[&str] = &["A0430", "A0431", "A0435", "A0436"];

/// Modifiers by which a provider states that a service was repeated or distinct (CPT Appendix A; CMS X{EPSU}).
const REPEAT: &[&str] = &["76", "77", "91", "59", "XE", "XS", "XP", "XU"];

/// NCCI-associated modifiers (NCCI Policy Manual, chapter I): they lift an edit of indicator 1.
const NCCI: &[&str] = &[
    "24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "XP", "XU", "LT", "RT", "E1", "E2", "E3", "E4", "FA", "F1",
    "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "LC", "LD", "LM",
    "RC", "RI",
];

/// Modifiers of an assistant at surgery (CPT Appendix A; HCPCS).
const ASSISTANT: &[&str] = &["80", "81", "82", "AS"];

/// Modifiers by which practitioners state how they divided or repeated one service: components, parts of surgical care, two
/// surgeons, a team, assistants, an outside laboratory (CPT Appendix A; HCPCS Level II).
const DIVIDED: &[&str] = &["26", "TC", "54", "55", "56", "62", "66", "78", "79", "80", "81", "82", "AS", "90"];

/// Services that one provider does on a day: surgery, radiology, pathology and laboratory, cardiovascular procedures (CPT
/// sections).
const DONE_ONCE: &[Span] = &[10004..=69990, 70010..=89398, 92920..=93799];

/// Drawing of blood: each who needs it may charge it (CPT).
const DRAWN: Span = 36400..=36416;

/// Laboratory panels and their components (CPT, Organ or Disease-Oriented Panels).
pub const PANELS: &[(&str, &[&str])] = &[
    (
        "80053",
        &[
            "82310", "82374", "82435", "82565", "82947", "84132", "84295", "84520", "82040", "82247", "84075", "84155", "84450",
            "84460",
        ],
    ),
    ("80069", &["82040", "82310", "82374", "82435", "82565", "82947", "84100", "84132", "84295", "84520"]),
    ("80048", &["82310", "82374", "82435", "82565", "82947", "84132", "84295", "84520"]),
    ("80076", &["82040", "82247", "82248", "84075", "84155", "84450", "84460"]),
    ("80051", &["82374", "82435", "84132", "84295"]),
    ("80074", &["86705", "86709", "86803", "87340"]),
    ("80061", &["82465", "83718", "84478"]),
];

fn number(code: &str) -> Option<u32> {
    if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) { code.parse().ok() } else { None }
}

fn within(code: &str, spans: &[Span]) -> bool {
    number(code).is_some_and(|n| spans.iter().any(|s| s.contains(&n)))
}

fn any_of(modifiers: &[String], list: &[&str]) -> bool {
    modifiers.iter().any(|m| list.contains(&m.as_str()))
}

/// The family and level of a levelled code; levels of one family can be compared.
pub fn level(code: &str) -> Option<(usize, u32)> {
    let n = number(code)?;
    LEVELLED.iter().position(|s| s.contains(&n)).map(|family| (family, n))
}

/// Whether the code is an office visit of a new patient.
pub fn is_new_patient_visit(code: &str) -> bool {
    number(code).is_some_and(|n| NEW_PATIENT.contains(&n))
}

/// Whether the code is a visit in which a clinician sees the patient.
pub fn is_face_to_face(code: &str) -> bool {
    within(code, FACE_TO_FACE)
}

/// Whether the line is emergency care: revenue code 045x (NUBC) or an emergency department visit (CPT 99281–99285).
pub fn is_emergency(l: &ServiceLine) -> bool {
    l.revenue_code.as_deref().is_some_and(|r| r.starts_with("045"))
        || l.code
            .as_deref()
            .is_some_and(|c| within(c, &[99281..=99285]) || matches!(c, "G0380" | "G0381" | "G0382" | "G0383" | "G0384"))
}

/// Whether the line is an air ambulance's.
pub fn is_air_ambulance(l: &ServiceLine) -> bool {
    l.code.as_deref().is_some_and(|c| AIR_AMBULANCE.contains(&c))
}

/// The ancillary service that a line is by its code or modifiers, in words.
pub fn ancillary(l: &ServiceLine) -> Option<&'static str> {
    if any_of(&l.modifiers, ASSISTANT) {
        return Some("assistance at surgery");
    }
    let n = number(l.code.as_deref()?)?;
    ANCILLARY.iter().find(|(s, _)| s.contains(&n)).map(|(_, w)| *w)
}

/// Whether the line is a preventive service that a plan covers without cost sharing in network.
pub fn is_preventive(l: &ServiceLine) -> bool {
    let marked = any_of(&l.modifiers, &["33", "PT"]);
    let Some(code) = l.code.as_deref() else { return false };
    if number(code).is_some_and(|n| COLONOSCOPY.contains(&n)) {
        return marked;
    }
    let listed = within(code, PREVENTIVE) && !number(code).is_some_and(|n| NOT_PREVENTIVE.contains(&n));
    listed || PREVENTIVE_HCPCS.contains(&code) || any_of(&l.modifiers, &["33"])
}

/// Whether a modifier says that the service was repeated or is distinct.
pub fn says_repeated(modifiers: &[String]) -> bool {
    any_of(modifiers, REPEAT)
}

/// The part of a global service that a modifier limits the charge to, in words.
pub fn component(modifiers: &[String]) -> Option<&'static str> {
    let has = |m: &str| modifiers.iter().any(|x| x == m);
    match (has("26"), has("TC")) {
        (true, false) => Some("professional"),
        (false, true) => Some("technical"),
        _ => None,
    }
}

/// Whether a modifier says that others rightly charge the same service too, or that it was done again.
pub fn shares_the_work(modifiers: &[String]) -> bool {
    any_of(modifiers, DIVIDED) || says_repeated(modifiers)
}

/// Whether only one provider may charge the service on a day, unless modifiers say otherwise.
pub fn done_once(code: &str) -> bool {
    within(code, DONE_ONCE) && !within(code, &[DRAWN])
}

/// Whether an NCCI-associated modifier is among them.
pub fn lifts_ncci_edit(modifiers: &[String]) -> bool {
    any_of(modifiers, NCCI)
}

/// Whether the line is anaesthesia, whose units are minutes or time units.
pub fn is_anaesthesia(code: &str) -> bool {
    within(code, &[100..=1999])
}

/// What a room-and-board revenue code charges (NUBC 010x–021x without leave of absence).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// A bed of the patient's own.
    Bed,
    /// 017x: the nursery, which may stand beside the mother's room.
    Nursery,
}

/// The kind of room that a revenue code charges.
pub fn room(revenue_code: &str) -> Option<Room> {
    let n: u32 = revenue_code.parse().ok().filter(|_| revenue_code.len() == 4)?;
    match n / 10 {
        17 => Some(Room::Nursery),
        18 => None,
        10..=21 => Some(Room::Bed),
        _ => None,
    }
}

/// Why a plan refused a service, as far as an appeal is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DenialClass {
    /// The claim lacks something.
    MissingInformation,
    /// Codes, bundling.
    Coding,
    /// Authorisation, pre-certification, referral.
    PriorAuthorisation,
    /// Out of network.
    Network,
    /// Not necessary, experimental, level of service.
    MedicalNecessity,
    /// Another plan may have to pay first.
    Coordination,
    /// Sent too late.
    TimelyFiling,
    /// No benefit of the plan.
    NotCovered,
    /// No coverage on that day.
    Eligibility,
}

impl DenialClass {
    /// All classes.
    pub const ALL: [Self; 9] = [
        Self::MissingInformation,
        Self::Coding,
        Self::PriorAuthorisation,
        Self::Network,
        Self::MedicalNecessity,
        Self::Coordination,
        Self::TimelyFiling,
        Self::NotCovered,
        Self::Eligibility,
    ];

    /// The class in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingInformation => "missing information",
            Self::Coding => "coding",
            Self::PriorAuthorisation => "prior authorisation",
            Self::Network => "network",
            Self::MedicalNecessity => "medical necessity",
            Self::Coordination => "coordination of benefits",
            Self::TimelyFiling => "timely filing",
            Self::NotCovered => "not covered",
            Self::Eligibility => "eligibility",
        }
    }

    /// The papers that answer such a denial.
    pub fn documents(self) -> &'static str {
        match self {
            Self::MissingInformation => {
                "the missing form or record that the notice names, and a corrected claim from the provider"
            }
            Self::Coding => {
                "the medical record of the visit and a corrected claim, or the provider's letter that explains the codes"
            }
            Self::PriorAuthorisation => {
                "the authorisation number or the request, or the doctor's letter on why it could not be asked for in time"
            }
            Self::Network => {
                "the plan's directory of that date, the referral, or proof that no provider in network was available"
            }
            Self::MedicalNecessity => "the doctor's letter of medical necessity, the medical record, and the plan's own criteria",
            Self::Coordination => "the other plan's EOB, or a statement that there is no other coverage",
            Self::TimelyFiling => "proof of the date on which the claim was first sent",
            Self::NotCovered => "the plan document's section on this benefit and the medical record",
            Self::Eligibility => "proof of coverage on the date of service, and of premiums paid",
        }
    }
}

/// Claim adjustment reason codes (X12 code list 139) by the class of appeal that answers them; codes that state a cost
/// share, a fee schedule or a routine reduction have none.
pub fn denial_class(carc: &str) -> Option<DenialClass> {
    Some(match carc {
        "16" | "252" => DenialClass::MissingInformation,
        "4" | "11" | "97" | "234" | "236" => DenialClass::Coding,
        "15" | "197" | "198" | "243" => DenialClass::PriorAuthorisation,
        "242" => DenialClass::Network,
        "50" | "55" | "56" | "150" => DenialClass::MedicalNecessity,
        "22" => DenialClass::Coordination,
        "29" => DenialClass::TimelyFiling,
        "96" | "204" => DenialClass::NotCovered,
        "26" | "27" | "31" => DenialClass::Eligibility,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::LineKind;

    fn line(code: &str, mods: &[&str], rev: &str) -> ServiceLine {
        let mut l = ServiceLine::empty(LineKind::Service, 1, 1);
        l.code = (!code.is_empty()).then(|| code.to_owned());
        l.modifiers = mods.iter().map(|m| (*m).to_owned()).collect();
        l.revenue_code = (!rev.is_empty()).then(|| rev.to_owned());
        l
    }

    #[test]
    fn levels_compare_within_a_family_only() {
        assert!(level("99215") > level("99213"));
        assert_ne!(level("99203").map(|l| l.0), level("99213").map(|l| l.0));
        assert_eq!(level("99201"), None);
        assert_eq!(level("9921"), None);
    }

    #[test]
    fn emergency_and_ancillary() {
        assert!(is_emergency(&line("", &[], "0450")));
        assert!(is_emergency(&line("99284", &[], "")));
        assert!(!is_emergency(&line("99214", &[], "0510")));
        assert_eq!(ancillary(&line("00790", &["AA"], "")), Some("anaesthesia"));
        assert_eq!(ancillary(&line("29881", &["80"], "")), Some("assistance at surgery"));
        assert_eq!(ancillary(&line("29881", &[], "")), None);
        assert!(is_air_ambulance(&line("A0431", &[], "")) && !is_air_ambulance(&line("A0429", &[], "")));
    }

    #[test]
    fn preventive_services() {
        assert!(is_preventive(&line("99396", &["25"], "")));
        assert!(is_preventive(&line("90686", &[], "")));
        assert!(is_preventive(&line("45385", &["PT"], "")) && !is_preventive(&line("45385", &[], "")));
        assert!(is_preventive(&line("36415", &["33"], "")) && !is_preventive(&line("36415", &[], "")));
        assert!(!is_preventive(&line("90717", &[], "")));
        assert!(is_preventive(&line("G0121", &[], "")));
    }

    #[test]
    fn rooms() {
        assert_eq!(room("0120"), Some(Room::Bed));
        assert_eq!(room("0219"), Some(Room::Bed));
        assert_eq!(room("0171"), Some(Room::Nursery));
        assert_eq!(room("0183"), None);
        assert_eq!(room("0220"), None);
        assert_eq!(room("120"), None);
    }

    #[test]
    fn parts_of_a_service() {
        let m = |list: &[&str]| list.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
        assert_eq!(component(&m(&["LT", "26"])), Some("professional"));
        assert_eq!(component(&m(&["TC"])), Some("technical"));
        assert_eq!(component(&m(&["26", "TC"])), None, "both are the whole");
        assert!(shares_the_work(&m(&["80"])) && shares_the_work(&m(&["76"])) && !shares_the_work(&m(&["RT"])));
        assert!(done_once("80053") && done_once("27447") && done_once("93306"));
        assert!(!done_once("99213") && !done_once("00790") && !done_once("36415") && !done_once("J1885") && !done_once("97110"));
    }

    #[test]
    fn panels_come_largest_first() {
        assert!(PANELS.windows(2).all(|w| w[0].1.len() >= w[1].1.len()));
    }
}
