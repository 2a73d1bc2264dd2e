//! RbacAction: Kraken's actions and this project's own, each by its exact name (row 2).

use livekit_edge::{
    Facts, ForbiddenReason, LivekitError, RbacAction, decide,
    rbac::{ChannelFacts, UserFacts},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// `enum RbacActions` of Kraken's schema, the voice actions that came with overwrites, and this project's own action.
const ACTIONS: &str = "DELETE_MESSAGE DELETE_CHANNEL DELETE_COMMUNITY DELETE_INVITE DELETE_USER DELETE_ROLE \
    DELETE_ALIAS_GROUP DELETE_ALIAS_GROUP_MEMBER DELETE_INSTANCE_INVITE DELETE_MEMBER DELETE_REACTION CREATE_MESSAGE \
    CREATE_CHANNEL CREATE_COMMUNITY CREATE_INVITE CREATE_ROLE CREATE_ALIAS_GROUP CREATE_ALIAS_GROUP_MEMBER \
    CREATE_INSTANCE_INVITE CREATE_MEMBER CREATE_REACTION JOIN_CHANNEL READ_MESSAGE READ_CHANNEL READ_COMMUNITY \
    READ_ALL_COMMUNITIES READ_USER READ_ROLE READ_ALIAS_GROUP READ_ALIAS_GROUP_MEMBER READ_INSTANCE_INVITE READ_MEMBER \
    UPDATE_COMMUNITY UPDATE_CHANNEL UPDATE_USER UPDATE_ROLE UPDATE_ALIAS_GROUP UPDATE_ALIAS_GROUP_MEMBER \
    UPDATE_INSTANCE_INVITE UPDATE_MEMBER CAPTURE_REPLAY READ_INSTANCE_SETTINGS UPDATE_INSTANCE_SETTINGS \
    READ_INSTANCE_STATS MANAGE_USER_STORAGE BAN_USER KICK_USER TIMEOUT_USER UNBAN_USER PIN_MESSAGE UNPIN_MESSAGE \
    DELETE_ANY_MESSAGE VIEW_BAN_LIST VIEW_MODERATION_LOGS MUTE_PARTICIPANT SPEAK VIDEO SCREEN_SHARE \
    RECORD_CHANNEL";

#[test]
fn the_actions_are_krakens_in_schema_order() {
    let names: Vec<_> = RbacAction::ALL.iter().map(|action| action.name()).collect();
    assert_eq!(names, ACTIONS.split_whitespace().collect::<Vec<_>>());
    assert_eq!(names.len(), 55 + 3 + 1);
}

/// Row 2: an action allows exactly the action with the same name.
#[test]
fn row_2_every_action_allows_itself_and_nothing_else() {
    let names: Vec<String> = ACTIONS.split_whitespace().map(Into::into).collect();
    let decided = |actions: Vec<String>, action| {
        let user = UserFacts {
            id: "user-456".into(),
            owner: false,
            banned: false,
            token_revoked: false,
            ..UserFacts::default()
        };
        let id = "channel-abc123".into();
        let channel = ChannelFacts {
            id,
            private: false,
            member: false,
            actions,
            ban: None,
            timeout_ends: None,
            ..ChannelFacts::default()
        };
        decide(&user, &Facts { user: None, channel: Some(channel), ..Facts::default() }, action, 0)
    };
    for &action in RbacAction::ALL {
        let name = action.name();
        assert_eq!(decided(vec![name.into()], action), Ok(()), "{name}");
        let others = names.iter().filter(|other| *other != name).cloned().collect();
        for actions in [others, vec![], vec![name.to_lowercase()], vec![format!("{name} ")], vec![name[1..].into()]] {
            assert_eq!(
                decided(actions, action),
                Err(LivekitError::Forbidden(ForbiddenReason::MissingAction)),
                "{name}"
            );
        }
    }
}
