/* case: see case.h. */
#include "domain/case/case.h"

static size_t open_items(const struct case_facts *f)
{
    return f->count[ITEM_RECEIVED] + f->count[ITEM_CORRECTING] + f->count[ITEM_ACCEPTED];
}

static size_t all_items(const struct case_facts *f)
{
    size_t n = 0;
    for (int s = ITEM_RECEIVED; s < ITEM_STATES; s++)
        n += f->count[s];
    return n;
}

enum case_state case_derive(const struct case_facts *f)
{
    if (!f->submitted)
        return CASE_DRAFT;
    if (f->archived)
        return CASE_ARCHIVED;
    if (f->issued)
        return CASE_ISSUED;
    if (f->count[ITEM_RECEIVED] == all_items(f))
        return CASE_SUBMITTED;
    if (open_items(f) > 0)
        return CASE_IN_PROGRESS;
    if (f->count[ITEM_GRANTED] + f->count[ITEM_DENIED] > 0)
        return CASE_DECIDED;
    return f->count[ITEM_WITHDRAWN] == all_items(f) ? CASE_WITHDRAWN : CASE_ENDED;
}

int case_may_issue(const struct case_facts *f, struct err *e)
{
    if (f->issued)
        return err_refuse(e, "P22", "该办件已颁发行业综合许可证，不能重复颁发");
    if (!f->submitted || open_items(f) > 0)
        return err_refuse(e, "P22", "还有 %zu 个事项没有办结，不能统一出证", open_items(f));
    if (f->count[ITEM_GRANTED] == 0)
        return err_refuse(e, "P22", "没有准予的事项，不能颁发行业综合许可证");
    return 0;
}

static const struct { const char *key, *text; } STATES[CASE_STATES] = {
    [CASE_DRAFT] = { "draft", "草稿" },
    [CASE_SUBMITTED] = { "submitted", "已提交" },
    [CASE_IN_PROGRESS] = { "in_progress", "办理中" },
    [CASE_DECIDED] = { "decided", "已决定" },
    [CASE_ISSUED] = { "issued", "已发证" },
    [CASE_ARCHIVED] = { "archived", "已归档" },
    [CASE_WITHDRAWN] = { "withdrawn", "已撤回" },
    [CASE_ENDED] = { "ended", "已终止" },
};

const char *case_state_key(enum case_state s)
{
    return STATES[s].key;
}

const char *case_state_text(enum case_state s)
{
    return STATES[s].text;
}

bool case_state_of(struct sv key, enum case_state *out)
{
    for (int s = 0; s < CASE_STATES; s++)
        if (sv_is(key, STATES[s].key)) {
            *out = (enum case_state)s;
            return true;
        }
    return false;
}
