//! The status of a recording.

use crate::json::{Value, WrongType};

/// Status of a recording (`EgressStatus` of LiveKit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordingStatus {
    /// It was requested.
    Starting,
    /// It is recording.
    Active,
    /// It was stopped, and its file is being uploaded.
    Ending,
    /// It ended, and its file is complete.
    Complete,
    /// It failed.
    Failed,
    /// It was stopped before it started to record.
    Aborted,
    /// A limit of the egress service ended it; its file is complete.
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

    /// The name in responses.
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

    /// Stage from 0 to 3 (ended). A recording never returns to an earlier stage, so that events may arrive in any
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

    /// Parses a name or number of proto3 JSON, which omits the default; `None` for a status of a newer LiveKit.
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
