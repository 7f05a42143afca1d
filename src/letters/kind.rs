//! The kinds of letters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of letter; its name is that of its template and of the files made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// To the provider: the itemised bill with codes, and the records (45 CFR 164.524).
    ItemizedBillRequest,
    /// To the provider: what the papers show to be wrong, line by line.
    ErrorDispute,
    /// To the plan: a claim that it settled wrongly, or has not settled.
    ReprocessingRequest,
    /// To the plan: an appeal of a denial (45 CFR 147.136, 29 CFR 2560.503-1; Medicare 42 CFR 405.942).
    InternalAppeal,
    /// To the plan: an independent review after its final refusal (45 CFR 147.136(d)).
    ExternalReviewRequest,
    /// To the provider: the No Surprises Act limits the bill (45 CFR 149.410–149.440).
    NoSurprisesNotice,
    /// For the call to the No Surprises Help Desk, or its form: what it asks for.
    NoSurprisesComplaint,
    /// To the provider: a bill far above the good-faith estimate (45 CFR 149.620).
    EstimateDispute,
    /// To the hospital: the application for financial assistance, and a hold (26 CFR 1.501(r)-4 to -6).
    AssistanceApplicationRequest,
    /// To the collector: dispute and validation of the debt (15 USC 1692g, 12 CFR 1006.34).
    CollectorValidationRequest,
    /// To the provider: a lump sum in full settlement.
    SettlementOffer,
    /// To the provider: monthly payments without interest.
    PaymentPlanProposal,
    /// To the provider: what was agreed on, to be confirmed in writing.
    AgreementConfirmation,
    /// What to say on the telephone, and a sheet to note what was said.
    CallScript,
}

impl Kind {
    /// All kinds, in the order in which a case may come to need them.
    pub const ALL: [Self; 14] = [
        Self::ItemizedBillRequest,
        Self::ErrorDispute,
        Self::ReprocessingRequest,
        Self::InternalAppeal,
        Self::ExternalReviewRequest,
        Self::NoSurprisesNotice,
        Self::NoSurprisesComplaint,
        Self::EstimateDispute,
        Self::AssistanceApplicationRequest,
        Self::CollectorValidationRequest,
        Self::SettlementOffer,
        Self::PaymentPlanProposal,
        Self::AgreementConfirmation,
        Self::CallScript,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ItemizedBillRequest => "itemized-bill-request",
            Self::ErrorDispute => "error-dispute",
            Self::ReprocessingRequest => "reprocessing-request",
            Self::InternalAppeal => "internal-appeal",
            Self::ExternalReviewRequest => "external-review-request",
            Self::NoSurprisesNotice => "no-surprises-notice",
            Self::NoSurprisesComplaint => "no-surprises-complaint",
            Self::EstimateDispute => "estimate-dispute",
            Self::AssistanceApplicationRequest => "assistance-application-request",
            Self::CollectorValidationRequest => "collector-validation-request",
            Self::SettlementOffer => "settlement-offer",
            Self::PaymentPlanProposal => "payment-plan-proposal",
            Self::AgreementConfirmation => "agreement-confirmation",
            Self::CallScript => "call-script",
        }
    }

    /// When it is written, in a few words.
    pub fn occasion(self) -> &'static str {
        match self {
            Self::ItemizedBillRequest => "a summary bill asks for money",
            Self::ErrorDispute => "the papers show errors of a provider",
            Self::ReprocessingRequest => "the plan settled a claim wrongly, or not at all",
            Self::InternalAppeal => "the plan refused a service",
            Self::ExternalReviewRequest => "the plan has refused an appeal for good",
            Self::NoSurprisesNotice => "a protected patient is billed out of network",
            Self::NoSurprisesComplaint => "the provider does not correct such a bill",
            Self::EstimateDispute => "a bill is 400 dollars or more above the good-faith estimate",
            Self::AssistanceApplicationRequest => "the household may qualify for the hospital's assistance",
            Self::CollectorValidationRequest => "a collector has written",
            Self::SettlementOffer => "the balance is right, and a lump sum could settle it",
            Self::PaymentPlanProposal => "the balance is right, and can be paid by the month",
            Self::AgreementConfirmation => "terms were agreed on",
            Self::CallScript => "a call goes with the letters",
        }
    }

    /// Whether it goes to the person who asked for it and not to somebody else.
    pub fn is_sheet(self) -> bool {
        matches!(self, Self::CallScript | Self::NoSurprisesComplaint)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|k| k.as_str() == name).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|k| k.as_str()).collect();
            format!("there is no letter of that kind; there are {}", all.join(", "))
        })
    }
}
