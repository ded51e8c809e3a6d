/* assign: who has an item in hand inside its department: taken, given, handed over. It changes
 * no right of anybody (the whole department may still act), so it is no act of the ledger. */
#include "service/tell.h"

struct assign_ctx { struct app *app; const struct command *cmd; struct arena *arena;
                    int64_t item_id, officer; };

/* Somebody of the same department, or nobody. */
static int check_officer(struct db_conn *c, struct assign_ctx *x, const struct item_row *i,
                         struct err *e)
{
    struct user_row u;
    if (x->officer == 0)
        return 0;
    int rc = user_find(c, x->officer, x->arena, &u, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || u.disabled || !sv_eq(u.department, i->department)) {
        err_problem(e, SV("/officer"), "unknown_officer", "请从本部门的人员中指派");
        return ERR_INVALID;
    }
    return 0;
}

/* The message needs the case's number and holder. */
static int tell_officer(struct db_conn *c, const struct assign_ctx *x, const struct item_row *i,
                        struct err *e)
{
    struct bundle b = { 0 };
    if (x->officer == 0 || x->officer == x->cmd->actor->id)
        return 0;
    int rc = bundle_load(x->app, c, i->case_id, 0, x->arena, &b, e);
    if (rc == 1)
        rc = tell_assigned(&(struct tell){ x->app, c, &b, x->cmd->now }, i, e);
    bundle_done(&b);
    return rc;
}

static int assign_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct assign_ctx *x = ctx;
    struct item_row item;
    int rc = item_find(c, x->item_id, x->arena, &item, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || x->cmd->actor->role != ROLE_REVIEWER ||
        !sv_eq(item.department, x->cmd->actor->department))
        return err_set(e, ERR_NOT_FOUND, "没有找到这个事项件，或它不属于您的部门");
    rc = command_match(x->cmd, item.version, e);
    if (rc == 0)
        rc = check_officer(c, x, &item, e);
    if (rc != 0)
        return rc;
    item.officer_id = x->officer;
    item.version++;
    rc = item_update(c, &item, e);
    return rc == 0 ? tell_officer(c, x, &item, e) : rc;
}

int item_assign(struct app *app, const struct command *cmd, int64_t item_id, int64_t officer,
                struct err *e)
{
    struct assign_ctx x = { app, cmd, arena_new(), item_id, officer };
    int rc = db_write(app->db, assign_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
