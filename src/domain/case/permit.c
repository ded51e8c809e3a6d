/* permit: see permit.h. Articles of 行政许可法. */
#include "domain/case/permit.h"

#define LAW "行政许可法"
/* What a department needs to take a permit away: in writing, with reason and basis. */
#define TAKES (NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_BASIS) | NEED(HAS_DOCUMENT))

static const struct transition ROWS[] = {
    { PERMIT_VALID, ACT_AMEND_PERMIT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NOT_EXPIRED) | NEED(HAS_DOCUMENT),
      PERMIT_VALID, EFFECT_NONE, "P24", LAW "第四十九条" },
    { PERMIT_VALID, ACT_RENEW_PERMIT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NOT_EXPIRED) | NEED(HAS_DOCUMENT),
      PERMIT_VALID, EFFECT_NONE, "P26", LAW "第五十条" },
    { PERMIT_VALID, ACT_RENEW_PERMIT, BY_CLOCK, ANY_KIND,
      NEED(EXPIRY_PASSED) | NEED(RENEWAL_IN_TIME),
      PERMIT_VALID, EFFECT_NONE, "P26", LAW "第五十条第二款" },
    { PERMIT_VALID, ACT_REPLACE_PERMIT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NOT_EXPIRED) | NEED(HAS_DOCUMENT),
      PERMIT_VALID, EFFECT_NONE, "P24", "遗失、损毁补发" },
    { PERMIT_VALID, ACT_EXPIRE_PERMIT, BY_CLOCK, ANY_KIND, NEED(EXPIRY_PASSED),
      PERMIT_EXPIRED, EFFECT_NONE, "P24", LAW "第七十条第一项" },
    { PERMIT_VALID, ACT_WITHDRAW_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_WITHDRAWN, EFFECT_NONE, "P24", LAW "第八条第二款" },
    { PERMIT_VALID, ACT_REVOKE_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_REVOKED, EFFECT_NONE, "P24", LAW "第六十九条" },
    { PERMIT_VALID, ACT_CANCEL_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_CANCELLED, EFFECT_NONE, "P24", LAW "第七十条" },
    { PERMIT_VALID, ACT_FORFEIT_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_FORFEITED, EFFECT_NONE, "P24", "行政处罚：吊销许可证件" },
    /* What has lost its force is struck off the register (art. 70). */
    { PERMIT_EXPIRED, ACT_CANCEL_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_CANCELLED, EFFECT_NONE, "P24", LAW "第七十条" },
    { PERMIT_WITHDRAWN, ACT_CANCEL_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_CANCELLED, EFFECT_NONE, "P24", LAW "第七十条" },
    { PERMIT_REVOKED, ACT_CANCEL_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_CANCELLED, EFFECT_NONE, "P24", LAW "第七十条" },
    { PERMIT_FORFEITED, ACT_CANCEL_PERMIT, BY_DEPARTMENT, ANY_KIND, TAKES,
      PERMIT_CANCELLED, EFFECT_NONE, "P24", LAW "第七十条" },
};

static const struct { const char *key, *text; } STATES[PERMIT_STATES] = {
    [PERMIT_VALID] = { "valid", "有效" },
    [PERMIT_EXPIRED] = { "expired", "已过期" },
    [PERMIT_WITHDRAWN] = { "withdrawn", "已撤回" },
    [PERMIT_REVOKED] = { "revoked", "已撤销" },
    [PERMIT_CANCELLED] = { "cancelled", "已注销" },
    [PERMIT_FORFEITED] = { "forfeited", "已吊销" },
};

static const char *state_text(int s)
{
    return STATES[s].text;
}

static const char *state_key(int s)
{
    return STATES[s].key;
}

const struct transition_table PERMIT_TABLE = { "permit", ROWS, sizeof ROWS / sizeof ROWS[0],
                                               state_text, state_key };

const char *permit_state_key(enum permit_state s)
{
    return STATES[s].key;
}

const char *permit_state_text(enum permit_state s)
{
    return STATES[s].text;
}

enum permit_state permit_state_of(struct sv key)
{
    int s = PERMIT_VALID;
    while (s < PERMIT_STATES && !sv_is(key, STATES[s].key))
        s++;
    return (enum permit_state)s;
}
