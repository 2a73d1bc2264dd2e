//! A request to update participants after their roles, bans or memberships changed.

use super::raw_fields::{Field, FieldChecker};
use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::Object,
    names::{Identity, RoomName},
};

/// The participants to compare with their current permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncRequest {
    /// Every participant of a room.
    Room(RoomName),
    /// One user, in every room. The id of a user is a valid identity.
    User(Identity),
}

impl SyncRequest {
    /// Takes `roomId` or `userId` from an object; other fields are ignored.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error. Exactly one of the two fields is required.
    pub fn from_object(object: &Object<'_>) -> Result<Self, LivekitError> {
        let (room, user) = (Field::from(object.get("roomId")), Field::from(object.get("userId")));
        let mut checker = FieldChecker::default();
        if (room == Field::Absent) == (user == Field::Absent) {
            checker.error(FieldError::NotRoomOrUser);
        }
        let room = checker.optional(RequestField::RoomId, room, RequestField::room_name).map(Self::Room);
        let user = checker.optional(RequestField::UserId, user, RequestField::identity).map(Self::User);
        checker.finish_with(room.or(user))
    }
}
