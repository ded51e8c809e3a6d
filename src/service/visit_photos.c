/* visit_photos: what the officers of a joint inspection photograph (P11). A photo belongs to a part of
 * the visit and to a line of its checklist; only the two officers named for that part may add one, and
 * the same picture is kept once however often a phone sends it. */
#include "service/visits.h"

#include "service/acts.h"
#include "sys/ids.h"

struct photo_ctx { struct app *app; const struct command *cmd; struct arena *arena;
                   struct photo_row row; };

static int photo_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct photo_ctx *x = ctx;
    struct photo_row *list;
    size_t n;
    int rc = photo_list(c, x->row.case_id, x->arena, &list, &n, e);
    for (size_t k = 0; rc == 0 && k < n; k++)
        if (list[k].visit_id == x->row.visit_id && list[k].item_id == x->row.item_id &&
            sv_eq(list[k].check_code, x->row.check_code) && sv_eq(list[k].sm3, x->row.sm3)) {
            x->row.id = list[k].id;
            return 0;
        }
    return rc == 0 ? photo_insert(c, &x->row, e) : rc;
}

int visit_add_photo(struct app *app, const struct command *cmd, int64_t visit_id,
                    const struct new_photo *in, int64_t *id, struct err *e)
{
    char hex[65];
    struct bundle b = { 0 };
    struct visit_row *v;
    struct photo_ctx x = { .app = app, .cmd = cmd, .arena = arena_new() };
    int rc = visit_open_for(app, cmd->actor, visit_id, 0, x.arena, &b, &v, e);
    const struct part_row *part = rc == 0 ? bundle_part(&b, visit_id, in->item_id) : NULL;
    if (rc == 0 && (!part || !sv_eq(part->department, cmd->actor->department)))
        rc = err_set(e, ERR_NOT_FOUND, "这个事项不在本次核查中，或不属于您的部门");
    if (rc == 0 && (part->officer_a != cmd->actor->id && part->officer_b != cmd->actor->id))
        rc = err_refuse(e, "P11", "%s", fact_text(FACT_NAMED_OFFICER));
    if (rc == 0 && b.row.state == CASE_ARCHIVED)
        rc = err_refuse(e, "P31", "办件已归档，不再变动");
    if (rc == 0) {
        sm3_hex(&in->hash, hex);
        x.row = (struct photo_row){
            .id = id_next(), .visit_id = visit_id, .case_id = b.row.id, .item_id = in->item_id,
            .size = in->size, .taken_at = in->taken_at, .created_at = cmd->now,
            .created_by = cmd->actor->id, .check_code = in->check_code, .name = in->name,
            .media_type = sv_of(in->media_type), .sm3 = sv_of(hex),
        };
        rc = db_write(app->db, photo_tx, &x, e);
    }
    *id = x.row.id;
    bundle_done(&b);
    arena_free(x.arena);
    return rc;
}
