//! Requests of moderators: kick or remove a participant, lock or end a room.

use super::raw_fields::{Field, FieldChecker};
use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::{Object, Value},
    names::Identity,
    rbac::RbacAction,
};

/// Maximum duration of a kick in seconds: 30 days.
pub const MAX_KICK_SECONDS: u64 = 2_592_000;

/// Default duration of a kick in seconds: one hour.
pub const DEFAULT_KICK_SECONDS: u64 = 3600;

/// An action of a moderator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moderation {
    /// Removes a participant, and issues the participant no token for the room for some seconds.
    Kick {
        /// Identity of the participant.
        identity: Identity,
        /// Duration in seconds.
        seconds: u64,
    },
    /// Ends a kick.
    LiftKick {
        /// Identity of the participant.
        identity: Identity,
    },
    /// Removes a participant, who may join again immediately.
    Remove {
        /// Identity of the participant.
        identity: Identity,
    },
    /// Locks or unlocks the room.
    Lock {
        /// False to unlock.
        locked: bool,
    },
    /// Disconnects every participant.
    End,
}

impl Moderation {
    /// The action that a role must allow.
    #[must_use]
    pub const fn action(&self) -> RbacAction {
        match self {
            Self::Kick { .. } | Self::LiftKick { .. } | Self::Remove { .. } => RbacAction::KickUser,
            Self::Lock { .. } | Self::End => RbacAction::UpdateChannel,
        }
    }
}

/// A request of a moderator before validation. Other fields are ignored.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RawModeration {
    /// `participantIdentity`, `durationSeconds`
    Kick {
        /// The participant.
        identity: Field,
        /// The duration.
        seconds: Field,
    },
    /// `participantIdentity`
    LiftKick {
        /// The participant.
        identity: Field,
    },
    /// `participantIdentity`
    Remove {
        /// The participant.
        identity: Field,
    },
    /// `locked`
    Lock {
        /// `None` for anything but a boolean.
        locked: Option<bool>,
    },
    /// No field.
    End,
}

impl RawModeration {
    /// Parses the fields of the request `name`: `kick`, `lift`, `remove`, `lock` or `end`. `None` for another name.
    #[must_use]
    pub fn from_object(name: &str, object: &Object<'_>) -> Option<Self> {
        let identity = || Field::from(object.get("participantIdentity"));
        Some(match name {
            "kick" => Self::Kick { identity: identity(), seconds: Field::from(object.get("durationSeconds")) },
            "lift" => Self::LiftKick { identity: identity() },
            "remove" => Self::Remove { identity: identity() },
            "lock" => Self::Lock { locked: object.get("locked").and_then(boolean) },
            "end" => Self::End,
            _ => return None,
        })
    }

    /// Checks the fields.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error.
    pub fn validate(self) -> Result<Moderation, LivekitError> {
        let mut checker = FieldChecker::default();
        let mut participant =
            |given| checker.required(RequestField::ParticipantIdentity, given, RequestField::identity);
        let valid = match self {
            Self::Kick { identity, seconds } => {
                let identity = participant(identity);
                let seconds = checker.check(kick_seconds(&seconds));
                identity.zip(seconds).map(|(identity, seconds)| Moderation::Kick { identity, seconds })
            }
            Self::LiftKick { identity } => participant(identity).map(|identity| Moderation::LiftKick { identity }),
            Self::Remove { identity } => participant(identity).map(|identity| Moderation::Remove { identity }),
            Self::Lock { locked } => {
                let locked = checker.check(locked.ok_or(FieldError::NotBoolean(RequestField::Locked)));
                locked.map(|locked| Moderation::Lock { locked })
            }
            Self::End => Some(Moderation::End),
        };
        checker.finish_with(valid)
    }
}

const fn boolean(value: &Value<'_>) -> Option<bool> {
    if let Value::Bool(boolean) = value { Some(*boolean) } else { None }
}

fn kick_seconds(given: &Field) -> Result<u64, FieldError> {
    let seconds = match given {
        Field::Absent => Some(DEFAULT_KICK_SECONDS),
        Field::Number(number) => crate::time::whole_seconds(*number).filter(|seconds| is_integer(*number, *seconds)),
        _ => None,
    };
    let seconds = seconds.filter(|seconds| (1..=MAX_KICK_SECONDS).contains(seconds));
    seconds.ok_or(FieldError::NotInteger(RequestField::DurationSeconds, MAX_KICK_SECONDS))
}

/// True if `number` has no fraction; `floor` is `number` rounded down.
#[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "integers of `whole_seconds` are exact as doubles")]
fn is_integer(number: f64, floor: u64) -> bool {
    floor as f64 == number
}
