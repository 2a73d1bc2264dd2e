//! Properties of kicks and locks for any times: the decision about a token request, the judgement of a join and the
//! standing of a participant agree, and a kick or lock that has ended keeps no participant out.

use crate::common::{NOW, config};
use livekit_edge::{
    Caller, Facts, ForbiddenReason, LivekitError, RawCreateToken,
    rbac::{ChannelFacts, Join, RoomKind, Standing, UserFacts, authorize_join, judge_join},
    request::Field,
};
use proptest::{option, prelude::*, sample::select};

const ROOM: &str = "channel-abc123";
const USER: &str = "user-456";

fn around_now() -> impl Strategy<Value = Option<u64>> {
    option::of(NOW - 3..NOW + 4)
}

prop_compose! {
    fn facts()(
        owner: bool,
        may_manage: bool,
        kicked_until in around_now(),
        identity_kicked_until in around_now(),
        locked_at in option::of(NOW - 3..=NOW),
    ) -> Facts {
        let actions = ["JOIN_CHANNEL", "UPDATE_CHANNEL"].into_iter().take(1 + usize::from(may_manage));
        let channel = ChannelFacts {
            id: ROOM.into(),
            actions: actions.map(String::from).collect(),
            has_role: true,
            kicked_until,
            identity_kicked_until,
            locked_at,
            ..ChannelFacts::default()
        };
        let user = UserFacts { id: USER.into(), owner, ..UserFacts::default() };
        Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
    }
}

fn change(facts: &Facts, change: impl FnOnce(&mut ChannelFacts)) -> Facts {
    let mut changed = facts.clone();
    change(changed.channel.as_mut().unwrap());
    changed
}

fn decide_token(facts: &Facts, identity: &str, now: u64) -> Result<(), ForbiddenReason> {
    let caller = Caller { user_id: USER.into(), ..Caller::default() };
    let field = |text: &str| Field::String(text.into());
    let request = RawCreateToken { room_id: field(ROOM), identity: field(identity), ..RawCreateToken::default() };
    match authorize_join(&caller, request, facts, &config(), now) {
        Ok(_) => Ok(()),
        Err(LivekitError::Forbidden(reason)) => Err(reason),
        Err(error) => panic!("{error:?}"),
    }
}

fn judge(facts: &Facts, identity: &str, joined_at: u64, now: u64) -> Result<(), ForbiddenReason> {
    match judge_join(ROOM, identity, joined_at, true, facts, now) {
        Join::Allowed => Ok(()),
        Join::Refused(reason) => Err(reason),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn a_join_is_judged_as_a_token_request_is_decided(facts in facts(), identity in select(vec![USER, "guest"])) {
        prop_assert_eq!(judge(&facts, identity, NOW, NOW), decide_token(&facts, identity, NOW));
    }

    #[test]
    fn a_standing_equals_the_decision_about_a_token_request_without_the_lock(facts in facts(), identity in select(vec![USER, "guest"])) {
        let standing = Standing::new(USER, identity, ROOM, RoomKind::Channel, &facts, &config(), NOW);
        let unlocked = change(&facts, |channel| channel.locked_at = None);
        let is_granted = matches!(standing, Standing::Granted { .. });
        prop_assert_eq!(is_granted, decide_token(&unlocked, identity, NOW).is_ok());
    }

    #[test]
    fn a_lock_applies_to_participants_who_join_later(facts in facts(), identity in select(vec![USER, "guest"]), joined_at in NOW - 4..=NOW) {
        let locked_at = facts.channel.as_ref().unwrap().locked_at;
        let unlocked = change(&facts, |channel| channel.locked_at = None);
        let came_before = locked_at.is_none_or(|locked_at| joined_at < locked_at);
        let judged = judge(&facts, identity, joined_at, NOW);
        let expected = if came_before {
            judge(&unlocked, identity, joined_at, NOW)
        } else {
            // As a participant who joins now.
            judge(&facts, identity, NOW, NOW)
        };
        prop_assert_eq!(judged, expected);
    }

    #[test]
    fn an_ended_kick_or_lock_keeps_no_participant_out(facts in facts(), identity in select(vec![USER, "guest"]), joined_at in NOW - 4..=NOW, later in 0..5_u64) {
        if judge(&facts, identity, joined_at, NOW).is_ok() {
            for ended in [
                change(&facts, |channel| channel.kicked_until = None),
                change(&facts, |channel| channel.identity_kicked_until = None),
                change(&facts, |channel| channel.locked_at = None),
            ] {
                prop_assert_eq!(judge(&ended, identity, joined_at, NOW), Ok(()));
            }
            prop_assert_eq!(judge(&facts, identity, joined_at, NOW + later), Ok(()));
        }
        let channel = facts.channel.as_ref().unwrap();
        let ends = [channel.kicked_until, channel.identity_kicked_until];
        let after_all = ends.into_iter().flatten().fold(NOW, u64::max) + later;
        let unlocked = change(&facts, |channel| channel.locked_at = None);
        prop_assert_eq!(judge(&unlocked, identity, joined_at, after_all), Ok(()));
    }
}
