//! Checks that rest on what papers say outside their tables, from the files to flags.csv.

use crate::common::{billproof, lay, pdf, rows};

fn eob() -> Vec<u8> {
    pdf(&[
        "TALL PINE HEALTH PLAN",
        "EXPLANATION OF BENEFITS",
        "This is not a bill",
        "",
        "Member: Jane Q Public        Member ID: 88213377",
        "Notice date: 04/10/2025",
        "Patient: Jane Q Public",
        "Provider: Lake Valley Clinic (in network)    Claim number: 7781234501",
        "",
        "Date         Code    Amount billed   Plan discount   Allowed amount   Plan paid   Coinsurance   You owe",
        "03/03/2025   99213          140.00           40.00           100.00       80.00         20.00     20.00",
        "Totals                      140.00           40.00           100.00       80.00         20.00     20.00",
        "",
        "You pay 10% of the allowed amount for office visits.",
    ])
}

fn bill() -> Vec<u8> {
    pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Jane Q Public          Account number: 445512",
        "Statement date: 06/02/2025",
        "Primary insurance: Tall Pine Health Plan",
        "Secondary insurance: Mutual of the Prairie",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
        "05/20/2025            LATE FEE                                   25.00",
        "",
        "                                          Total charges        165.00",
        "                                          Insurance adjustments -40.00",
        "                                          Insurance payments    -80.00",
        "                                          Balance due           45.00",
    ])
}

fn medicare_bill() -> Vec<u8> {
    pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: John Public          Account number: 445599",
        "Statement date: 06/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
        "",
        "                                          Total charges        140.00",
        "                                          Medicare adjustments  -40.00",
        "                                          Medicare payments     -80.00",
        "                                          Balance due           20.00",
    ])
}

fn summary_notice() -> Vec<u8> {
    pdf(&[
        "Medicare Summary Notice",
        "for Part B (Medical Insurance)",
        "THIS IS NOT A BILL",
        "",
        "John Public               Notice date: 04/10/2025",
        "",
        "You are in the Qualified Medicare Beneficiary (QMB) program, which helps pay your Medicare costs.",
        "",
        "Lake Valley Clinic    Claim number: 02-10195-592-390",
        "",
        "Date of       Service provided     Service    Amount     Medicare   Amount       Maximum You",
        "service       & billing code       approved?  charged    approved   Medicare paid May Be Billed",
        "03/03/2025    Office visit (99213)   Yes      140.00      100.00     80.00        20.00",
        "Total for claim                               140.00      100.00     80.00        20.00",
    ])
}

#[test]
fn what_the_papers_say_in_words_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    lay(
        dir.path(),
        &[
            ("in/fees/bill.pdf", bill()),
            ("in/fees/eob.pdf", eob()),
            ("in/qmb/bill.pdf", medicare_bill()),
            ("in/qmb/notice.pdf", summary_notice()),
        ],
    );
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out")).assert().code(0);
    let flags = rows(&dir.path().join("out/flags.csv"));
    let found: Vec<(&str, &str, &str, &str)> = flags
        .iter()
        .map(|f| (f["path"].as_str(), f["rule"].as_str(), f["severity"].as_str(), f["amount_at_issue"].as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("fees/bill.pdf", "secondary-not-billed", "review", ""),
            ("fees/bill.pdf", "interest-or-fee", "likely", "25.00"),
            ("fees/eob.pdf", "coinsurance-exceeds-rate", "review", "10.00"),
            ("qmb/bill.pdf", "qmb-billed", "error", "20.00"),
        ]
    );
    let cases = rows(&dir.path().join("out/cases.csv"));
    let steps: Vec<(&str, &str)> = cases.iter().map(|c| (c["amount_disputed"].as_str(), c["next_step"].as_str())).collect();
    assert_eq!(steps, [("25.00", "dispute-errors"), ("20.00", "assert-rights")]);
}
