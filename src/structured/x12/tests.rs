use proptest::prelude::*;

use super::read;
use crate::normalize::normalize_stated;
use crate::record::{ClaimStatus, Document, LineKind, Money, Status, TextOrigin};

const ENVELOPE: &str = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *250402*1200*^*00501*000000001*0*P*:~\
GS*HP*A*B*20250402*1200*1*X*005010X221A1~";

fn remittance(body: &str) -> String {
    format!(
        "{ENVELOPE}ST*835*0001~BPR*I*150*C*CHK************20250402~TRN*1*1*1~DTM*405*20250401~N1*PR*TALL PINE HEALTH~\
N1*PE*LAKE VALLEY CLINIC*XX*1234567893~LX*1~{body}SE*20*0001~GE*1*1~IEA*1*000000001~"
    )
}

/// Two services, all triplets of a CAS, a denial with its remarks.
fn two_services() -> String {
    remittance(
        "CLP*445512*1*178*100*58*12*CLM9001~NM1*QC*1*PUBLIC*JANE*Q***MI*W123456789~DTM*232*20250303~\
SVC*HC:99213:25*140*100**1~DTM*472*20250303~CAS*CO*45*20**253*2~CAS*PR*1*10**2*5.5**3*2.5~AMT*B6*118~\
SVC*HC:85025*38*0*0300*1~DTM*150*20250303~DTM*151*20250304~CAS*PR*96*38~LQ*HE*N130~MOA***MA01~",
    )
}

fn documents(text: &str) -> Vec<Document> {
    read(text.as_bytes()).unwrap().into_iter().map(|p| normalize_stated(&p.statement, p.checks)).collect()
}

fn document(text: &str) -> Document {
    let mut all = documents(text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn cents(c: i64) -> Option<Money> {
    Some(Money::from_cents(c))
}

#[test]
fn a_remittance_becomes_an_eob() {
    let d = document(&two_services());
    assert!(d.is_eob());
    assert_eq!((d.status, d.message.as_str(), d.text_source), (Status::Ok, "", Some(TextOrigin::Structured)));
    assert_eq!(d.patient, ["JANE Q PUBLIC"]);
    assert_eq!((d.payer.as_deref(), d.member_id.as_deref()), (Some("TALL PINE HEALTH"), Some("W123456789")));
    assert_eq!(
        (d.provider.as_slice(), d.provider_npi.as_slice()),
        (&["LAKE VALLEY CLINIC".to_owned()][..], &["1234567893".to_owned()][..])
    );
    assert_eq!((d.account_no[0].as_str(), d.claim_no[0].as_str()), ("445512", "CLM9001"));
    assert_eq!(d.statement_date.unwrap().to_string(), "2025-04-01");
    assert_eq!((d.total_charges, d.total_plan_paid, d.patient_responsibility), (cents(17800), cents(10000), cents(5800)));
    assert_eq!(d.claim_status, Some(ClaimStatus::Processed));
    let visit = &d.lines[0];
    assert_eq!((visit.code.as_deref(), visit.modifiers.as_slice()), (Some("99213"), &["25".to_owned()][..]));
    assert_eq!((visit.charge, visit.allowed, visit.plan_discount), (cents(14000), cents(11800), cents(2000)));
    assert_eq!((visit.deductible, visit.coinsurance, visit.copay), (cents(1000), cents(550), cents(250)));
    assert_eq!((visit.plan_paid, visit.patient_responsibility, visit.not_covered), (cents(10000), cents(1800), None));
    let stated: Vec<String> = visit.adjustments.iter().map(|a| format!("{}-{}:{}", a.group, a.carc, a.amount)).collect();
    assert_eq!(stated, ["CO-45:20.00", "CO-253:2.00", "PR-1:10.00", "PR-2:5.50", "PR-3:2.50"]);
    let count = &d.lines[1];
    assert_eq!((count.revenue_code.as_deref(), count.not_covered), (Some("0300"), cents(3800)));
    assert_eq!(
        (count.service_date.unwrap().to_string(), count.service_date_to.unwrap().to_string()),
        ("2025-03-03".into(), "2025-03-04".into())
    );
    assert_eq!(count.remark_codes, ["N130", "MA01"]);
    assert_eq!((count.page, count.line_no, count.confidence), (1, 2, 1.0));
}

#[test]
fn a_service_that_does_not_balance_is_told_with_its_place() {
    let d = document(&two_services().replace("CAS*PR*96*38", "CAS*PR*96*30"));
    assert_eq!(d.status, Status::Partial);
    assert!(d.message.contains("segment 18 (byte ") && d.message.contains("does not balance"), "{}", d.message);
    assert!(d.lines[1].confidence < 0.95 && d.lines[0].confidence == 1.0);
}

#[test]
fn a_broken_segment_is_named_and_the_rest_kept() {
    let text = two_services().replace("CAS*CO*45*20**253*2", "CAS*CO*45*2O**253*2");
    let at = text.find("CAS*CO").unwrap();
    let d = document(&text);
    assert_eq!((d.status, d.lines.len()), (Status::Partial, 2));
    let messages: Vec<&str> = d.unparsed.iter().map(|u| u.reason.as_str()).collect();
    assert!(messages.contains(&format!("segment 15 (byte {at}): CAS03 is no number").as_str()), "{messages:?}");
}

#[test]
fn a_claim_without_services_is_a_line_itself() {
    let d = document(&remittance(
        "CLP*77*1*5000*4000*0*MA*ICN77*11*1~CAS*CO*45*1000~NM1*QC*1*ROE*OMAR~MIA*0***4000~DTM*232*20250101~DTM*233*20250105~",
    ));
    assert_eq!(d.lines.len(), 1);
    let l = &d.lines[0];
    assert_eq!((l.charge, l.plan_discount, l.plan_paid), (cents(500_000), cents(100_000), cents(400_000)));
    assert_eq!(
        (l.service_date.unwrap().to_string(), l.service_date_to.unwrap().to_string()),
        ("2025-01-01".into(), "2025-01-05".into())
    );
    assert_eq!(d.patient_responsibility, Some(Money::ZERO));
}

#[test]
fn adjustments_of_a_claim_stand_beside_its_services_or_on_the_only_one() {
    let d =
        document(&remittance("CLP*5*1*300*100*150*12*ICN5~CAS*PR*1*150~SVC*HC:97110*200*150~CAS*CO*45*50~SVC*HC:97140*100*100~"));
    assert_eq!(
        d.lines.iter().map(|l| l.line_kind).collect::<Vec<_>>(),
        [LineKind::Service, LineKind::Service, LineKind::Adjustment]
    );
    assert_eq!((d.lines[2].deductible, d.status), (cents(15000), Status::Ok));
    let d = document(&remittance("CLP*5*1*200*50*100*12*ICN5~CAS*PR*1*100~SVC*HC:97110*200*150~CAS*CO*45*50~"));
    assert_eq!((d.lines.len(), d.lines[0].plan_paid, d.lines[0].patient_responsibility), (1, cents(5000), cents(10000)));
}

#[test]
fn a_reversal_takes_back_what_was_paid_before_not_what_corrects_it() {
    let d = document(&remittance(
        "CLP*5*22*-200*-150*-10*12*ICN5~NM1*QC*1*ROE*OMAR~SVC*HC:97110*-200*-150~DTM*472*20250303~CAS*CO*45*-40~CAS*PR*2*-10~\
CLP*5*1*200*160**12*ICN5~NM1*QC*1*ROE*OMAR~SVC*HC:97110*200*160~DTM*472*20250303~CAS*CO*45*40~",
    ));
    assert_eq!(d.lines.iter().map(|l| l.line_kind).collect::<Vec<_>>(), [LineKind::Reversal, LineKind::Service]);
    assert_eq!((d.status, d.claims.len()), (Status::Ok, 2));
    assert!(crate::matching::cancelled_by_reversal(&d).is_empty());
}

#[test]
fn separators_are_those_that_the_interchange_declares() {
    let other = two_services().replace('*', "|").replace(':', ">").replace('~', "\n");
    assert_eq!(document(&other).lines, document(&two_services()).lines);
    let lines: Vec<String> = two_services().as_bytes().chunks(80).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    let wrapped = lines.join("\r\n");
    assert_eq!(document(&wrapped).lines, document(&two_services()).lines);
    let mixed = two_services().replace("HC:", "HC>").replace(":25", ">25");
    assert_eq!(document(&mixed).lines, document(&two_services()).lines);
}

#[test]
fn several_interchanges_give_several_documents() {
    let second = two_services().replace('*', "|").replace("CLM9001", "CLM9002");
    let all = documents(&format!("{}\r\n{second}", two_services()));
    assert_eq!(all.iter().map(|d| d.claim_no[0].as_str()).collect::<Vec<_>>(), ["CLM9001", "CLM9002"]);
    assert_eq!((all[1].lines[0].page, all[1].lines[0].line_no), (2, 1));
}

fn claims() -> String {
    format!(
        "{}ST*837*0001*005010X223A2~BHT*0019*00*1*20250410*1200*CH~HL*1**20*1~NM1*85*2*HARBOR HOSPITAL*****XX*1234567893~\
HL*2*1*22*1~SBR*P********CI~NM1*IL*1*PUBLIC*JOHN****MI*W55~NM1*PR*2*TALL PINE HEALTH*****PI*1~\
HL*3*2*23*0~PAT*19~NM1*QC*1*PUBLIC*JANE*Q~\
CLM*90-77*1250***13:A:1*Y*A*Y*Y~DTP*434*RD8*20250301-20250302~DTP*435*DT*202503010800~AMT*F5*50~REF*F8*ICN1~HI*BK:3669~\
NM1*71*1*WELBY*MARCUS~SBR*S*01~AMT*D*400~NM1*IL*1*OTHER*PERSON~NM1*PR*2*OTHER PLAN*****PI*2~\
LX*1~SV2*0450*HC:99284:25*1000*UN*1**0~DTP*472*D8*20250301~SVD*2*400*HC:99284**1~CAS*CO*45*200~\
LX*2~SV2*0250**250*UN*5~DTP*472*RD8*20250301-20250302~\
HL*4*1*22*0~NM1*IL*1*ROE*OMAR~NM1*PR*2*LAKE HEALTH~CLM*91*60***11:B:1~LX*1~SV1*HC:99213*60*UN*1~DTP*472*D8*20250305~SE*30*0001~GE*1*1~IEA*1*1~",
        ENVELOPE.replace("HP*", "HC*")
    )
}

#[test]
fn each_claim_becomes_a_bill() {
    let all = documents(&claims());
    assert_eq!(all.len(), 2);
    let d = &all[0];
    assert!(d.is_bill());
    assert_eq!((d.status, d.message.as_str()), (Status::Ok, ""));
    assert_eq!(
        (d.patient[0].as_str(), d.provider[0].as_str(), d.payer.as_deref()),
        ("JANE Q PUBLIC", "HARBOR HOSPITAL", Some("TALL PINE HEALTH"))
    );
    assert_eq!((d.member_id.as_deref(), d.account_no[0].as_str(), d.claim_no[0].as_str()), (Some("W55"), "90-77", "ICN1"));
    assert_eq!((d.type_of_bill.as_deref(), d.balance_due), (Some("0131"), None));
    assert_eq!(
        (d.total_charges, d.total_patient_paid, d.total_plan_paid, d.total_discount),
        (cents(125_000), cents(5000), cents(40000), cents(20000))
    );
    assert_eq!(d.admitted.unwrap().to_string(), "2025-03-01");
    let (visit, drugs) = (&d.lines[0], &d.lines[1]);
    assert_eq!(
        (visit.revenue_code.as_deref(), visit.code.as_deref(), visit.plan_paid),
        (Some("0450"), Some("99284"), cents(40000))
    );
    assert_eq!((drugs.code.as_deref(), drugs.units.unwrap().to_string().as_str()), (None, "5"));
    assert_eq!(drugs.service_date_to.unwrap().to_string(), "2025-03-02");
    assert_eq!((all[1].patient[0].as_str(), all[1].payer.as_deref(), all[1].lines.len()), ("OMAR ROE", Some("LAKE HEALTH"), 1));
}

#[test]
fn minutes_are_no_units() {
    let text = claims().replace("SV1*HC:99213*60*UN*1", "SV1*HC:00810*60*MJ*45");
    assert_eq!(documents(&text)[1].lines[0].units, None);
}

#[test]
fn what_is_neither_is_said() {
    let text = two_services().replace("ST*835", "ST*277");
    assert_eq!(read(text.as_bytes()).unwrap_err(), "X12 without a remittance (835) or claim (837): only 277");
    assert!(read(b"ISA*").is_err());
}

#[test]
fn a_file_that_was_cut_off_keeps_what_it_has() {
    let text = two_services();
    let d = document(&text[..text.find("SVC*HC:85025").unwrap()]);
    assert_eq!((d.status, d.lines.len()), (Status::Partial, 1));
    assert!(d.unparsed.iter().any(|u| u.reason.contains("may be cut off")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_truncation_or_garbling_panics(cut in 0usize..2_000, at in 0usize..2_000, byte: u8) {
        for text in [two_services(), claims()] {
            let mut bytes = text.into_bytes();
            bytes.truncate(cut);
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
            if let Ok(parts) = read(&bytes) {
                for p in parts {
                    prop_assert!(p.statement.rows.len() < 100);
                    let _ = normalize_stated(&p.statement, p.checks);
                }
            }
        }
    }
}
