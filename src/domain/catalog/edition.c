/* edition: see edition.h. */
#include "domain/catalog/edition.h"

static const struct { const char *key, *text; } STATES[EDITION_STATES] = {
    [EDITION_EDITING] = { "editing", "正在编辑" },
    [EDITION_SUBMITTED] = { "submitted", "待审核" },
    [EDITION_APPROVED] = { "approved", "审核通过，待公布" },
    [EDITION_SCHEDULED] = { "scheduled", "已排定公布日期" },
    [EDITION_PUBLISHED] = { "published", "已公布" },
    [EDITION_ABANDONED] = { "abandoned", "已作废" },
};

static const char *const OTHERWISE[EDITION_FACTS] = {
    [EDITION_SOUND] = "草稿还有问题没有改正，请看问题列表",
    [EDITION_EXPLAINED] = "有新出现的部门要求不一致还没有消除或说明理由，请看矛盾列表",
    [EDITION_DIFFERS] = "草稿与它的底稿没有差别",
    [EDITION_FREE] = "草稿的版本号已经有一个版本用过，请改一个",
    [EDITION_BEHIND] = "草稿的底稿就是现行版本，不需要合并",
    [EDITION_BASED] = "草稿的底稿不是现行版本：起草后已公布过别的版本，直接公布会撤销那些修改；请先合并现行版本",
    [EDITION_SECOND] = "审核要由另一个人进行：最后修改或提交草稿的人不能审核",
    [EDITION_REASON] = "请写明理由",
    [EDITION_COME] = "公布日期还没有到",
    [EDITION_LATER] = "公布日期应在今天以后",
};

enum { READY = EDITION_BIT(SOUND) | EDITION_BIT(EXPLAINED) | EDITION_BIT(DIFFERS) |
               EDITION_BIT(FREE) };

static const struct row { enum edition_state from; enum act act; unsigned needs;
                          enum edition_state to; } TABLE[] = {
    { EDITION_EDITING, ACT_EDIT_CATALOG, 0, EDITION_EDITING },
    { EDITION_EDITING, ACT_EXPLAIN_CATALOG, EDITION_BIT(REASON), EDITION_EDITING },
    { EDITION_EDITING, ACT_REBASE_CATALOG, EDITION_BIT(BEHIND), EDITION_EDITING },
    { EDITION_EDITING, ACT_SUBMIT_CATALOG, READY | EDITION_BIT(BASED), EDITION_SUBMITTED },
    { EDITION_EDITING, ACT_ABANDON_CATALOG, 0, EDITION_ABANDONED },
    { EDITION_SUBMITTED, ACT_RETURN_CATALOG, EDITION_BIT(REASON), EDITION_EDITING },
    { EDITION_SUBMITTED, ACT_APPROVE_CATALOG, READY | EDITION_BIT(SECOND), EDITION_APPROVED },
    { EDITION_SUBMITTED, ACT_ABANDON_CATALOG, 0, EDITION_ABANDONED },
    { EDITION_APPROVED, ACT_RETURN_CATALOG, EDITION_BIT(REASON), EDITION_EDITING },
    { EDITION_APPROVED, ACT_PUBLISH_CATALOG, READY | EDITION_BIT(BASED) | EDITION_BIT(COME),
      EDITION_PUBLISHED },
    { EDITION_APPROVED, ACT_SCHEDULE_CATALOG, READY | EDITION_BIT(BASED) | EDITION_BIT(LATER),
      EDITION_SCHEDULED },
    { EDITION_APPROVED, ACT_ABANDON_CATALOG, 0, EDITION_ABANDONED },
    { EDITION_SCHEDULED, ACT_RETURN_CATALOG, EDITION_BIT(REASON), EDITION_EDITING },
    { EDITION_SCHEDULED, ACT_PUBLISH_CATALOG, READY | EDITION_BIT(BASED) | EDITION_BIT(COME),
      EDITION_PUBLISHED },
};

static const struct row *find(enum edition_state from, enum act act)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        if (TABLE[i].from == from && TABLE[i].act == act)
            return &TABLE[i];
    return NULL;
}

int edition_step(enum edition_state from, enum act act, unsigned facts, struct err *e)
{
    const struct row *r = find(from, act);
    if (!r)
        return err_refuse(e, "state", "草稿的状态是“%s”，现在不能%s", STATES[from].text,
                          act_text(act));
    for (int f = 0; f < EDITION_FACTS; f++)
        if ((r->needs & ~facts) >> f & 1)
            return err_refuse(e, "R1.3", "%s", OTHERWISE[f]);
    return (int)r->to;
}

bool edition_allowed(enum edition_state from, enum act act, unsigned facts)
{
    const struct row *r = find(from, act);
    return r && (r->needs & ~(facts | EDITION_INPUT)) == 0;
}

const char *edition_key(enum edition_state s)
{
    return STATES[s].key;
}

const char *edition_text(enum edition_state s)
{
    return STATES[s].text;
}

enum edition_state edition_of(struct sv key)
{
    for (int s = 0; s < EDITION_STATES; s++)
        if (sv_is(key, STATES[s].key))
            return (enum edition_state)s;
    return EDITION_ABANDONED; /* nothing can be done with what we do not know */
}
