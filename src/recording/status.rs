//! How far a recording is.

use crate::json::{Value, WrongType};

/// The state of a recording (`EgressStatus` of LiveKit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordingStatus {
    /// It was asked for.
    Starting,
    /// It records.
    Active,
    /// It was stopped, and its file is being uploaded.
    Ending,
    /// It is over, and its file is there.
    Complete,
    /// It failed.
    Failed,
    /// It was stopped before it recorded.
    Aborted,
    /// A limit of the egress service ended it; its file is there.
    LimitReached,
}

impl RecordingStatus {
    /// Every status, in LiveKit's order, with LiveKit's name.
    const ALL: [(Self, &'static str); 7] = [
        (Self::Starting, "EGRESS_STARTING"),
        (Self::Active, "EGRESS_ACTIVE"),
        (Self::Ending, "EGRESS_ENDING"),
        (Self::Complete, "EGRESS_COMPLETE"),
        (Self::Failed, "EGRESS_FAILED"),
        (Self::Aborted, "EGRESS_ABORTED"),
        (Self::LimitReached, "EGRESS_LIMIT_REACHED"),
    ];

    /// The name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::LimitReached => "limit_reached",
        }
    }

    /// How far the recording is: 0 to 3, where it is over. A recording does not go back, so that events may arrive in any
    /// order.
    #[must_use]
    pub const fn stage(self) -> u64 {
        match self {
            Self::Starting => 0,
            Self::Active => 1,
            Self::Ending => 2,
            _ => 3,
        }
    }

    /// A name or number of proto3 JSON, where the default is left out; `None` for a status of a later version.
    pub(super) fn parse(value: Option<&Value<'_>>) -> Result<Option<Self>, WrongType> {
        let position = match value {
            None => Some(0),
            Some(Value::String(name)) => Self::ALL.iter().position(|(_, known)| known == name),
            Some(Value::Number(number)) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
            Some(_) => return Err(WrongType),
        };
        Ok(position.and_then(|position| Self::ALL.get(position)).map(|(status, _)| *status))
    }
}
