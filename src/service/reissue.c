/* reissue: the same licence anew (P27): its print was lost or copied, or its key may not be trusted any
 * more. The old print is superseded; nothing becomes of any permit. */
#include "service/acts.h"
#include "service/ledger.h"
#include "service/licence.h"
#include "service/versions.h"

struct reissue_ctx { struct app *app; const struct command *cmd; struct sv number, reason;
                     struct arena *arena; };

static int owned(const struct reissue_ctx *x, const struct case_row *first)
{
    const struct actor *who = x->cmd->actor;
    return who->role == ROLE_BUREAU ? case_visible(x->app->catalog, who, first)
                                    : case_owned(who, first);
}

static int may(const struct reissue_ctx *x, const struct licence_row *current,
               const struct case_row *first, struct err *e)
{
    uint64_t facts = fact_if(owned(x, first), FACT_OWN) |
                     fact_if(x->reason.n > 0, FACT_HAS_REASON);
    int from = first->state == CASE_ARCHIVED ? CASE_ARCHIVED : CASE_ISSUED;
    if (!transition_find(&CASE_TABLE, from, ACT_REISSUE_LICENCE,
                         actor_kinds(x->cmd->actor), false, facts, e))
        return e->code;
    if (!sv_is(current->state, "valid"))
        return err_refuse(e, "P25", "这张证照已经失效，不能补发");
    return command_match(x->cmd, current->version, e);
}

static int write_version(struct db_conn *c, struct reissue_ctx *x,
                         const struct licence_row *current, struct err *e)
{
    struct version_base base;
    struct version next;
    struct permit_row *permits;
    struct permit_event_row *events;
    size_t n, n_events;
    int64_t seq = 0;
    int rc = version_next(x->app, c, current, x->cmd->now, x->arena, &base, e);
    if (rc == 0)
        rc = permit_list_licence(c, x->number, x->arena, &permits, &n, e);
    if (rc == 0)
        rc = permit_events_licence(c, x->number, x->arena, &events, &n_events, e);
    if (rc == 0)
        rc = version_compose(&base, permits, n, events, n_events, x->arena, &next, e);
    if (rc == 0)
        rc = version_sign(&next, x->arena, e);
    if (rc != 0)
        return rc;
    struct act_entry entry = { .act = ACT_REISSUE_LICENCE, .effective_on = next.row.issued_on,
                               .actor = x->cmd->actor, .department = x->cmd->actor->department,
                               .case_id = current->case_id, .body = version_body(&next) };
    json_put_sv(entry.body, "reason", x->reason);
    rc = ledger_append(x->app, c, &entry, x->cmd->now, &seq, e);
    json_decref(entry.body);
    return rc == 0 ? version_write(c, &next, seq, e) : rc;
}

static int reissue_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct reissue_ctx *x = ctx;
    struct licence_row current;
    struct case_row first;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = licence_find_current(c, x->number, x->arena, &current, e);
    if (rc == 1)
        rc = case_find(c, current.case_id, x->arena, &first, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有这个证照，或您无权查看");
    rc = may(x, &current, &first, e);
    if (rc == 0)
        rc = write_version(c, x, &current, e);
    return rc == 0 ? command_end(c, x->cmd, x->number, e) : rc;
}

int licence_reissue(struct app *app, const struct command *cmd, struct sv number, struct sv reason,
                    struct err *e)
{
    struct reissue_ctx x = { app, cmd, number, reason, arena_new() };
    int rc = db_write(app->db, reissue_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
