//! A request to make participants follow the rules.

use super::raw_fields::{Field, FieldChecker};
use crate::{
    error::{FieldError, LivekitError, RequestField},
    json::Object,
    names::{Identity, RoomName},
};

/// Which participants are to follow the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncRequest {
    /// Every participant of a room.
    Room(RoomName),
    /// One user, in every room. The id of a user is a valid identity.
    User(Identity),
}

impl SyncRequest {
    /// Reads `roomId` or `userId` of an object; other fields are ignored.
    ///
    /// # Errors
    /// [`LivekitError::InvalidRequest`] with every error; both fields are one, and none.
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
