//! Who may do what: facts from the store → a decision.

mod action;
mod authorize;
mod decide;
mod facts;
mod identity;

pub use action::RbacAction;
pub use authorize::{admit, authorize_join};
pub use decide::decide;
pub use facts::{ChannelFacts, CommunityBan, Facts, UserFacts};
pub use identity::IdentityPolicy;
