/* keys_affected: the licences that a key has signed, told one by one: who revokes it must have them issued anew. */
#include "service/keys_affected.h"

#include "domain/licence/payload.h"
#include "store/key_store.h"

enum { PAGE = 500 };

struct page { struct arena *arena; struct sv after; struct signed_row *rows; size_t n; };

static int read_page(struct db_conn *c, void *ctx, struct err *e)
{
    struct page *p = ctx;
    return signed_list(c, p->after, PAGE, p->arena, &p->rows, &p->n, e);
}

static bool signed_by(const struct signed_row *row, struct sv key_id, struct arena *a)
{
    struct payload_carried carried;
    struct payload p;
    struct err quiet;
    err_init(&quiet, a);
    return payload_split(row->payload, &carried, &quiet) == 0 &&
           payload_decode(&carried, a, &p, &quiet) == 0 && sv_eq(p.key_id, key_id);
}

int64_t keys_affected(struct app *app, struct sv key_id,
                      void (*tell)(void *ctx, struct sv number, int64_t version, struct sv holder),
                      void *ctx, struct err *e)
{
    struct arena *keep = arena_new();
    struct sv after = SV("");
    int64_t found = 0;
    int rc;
    size_t n;
    do {
        struct page p = { .arena = arena_new(), .after = after };
        rc = db_peek(app->db, read_page, &p, e);
        n = rc < 0 ? 0 : p.n;
        for (size_t i = 0; i < n; i++) {
            const struct signed_row *x = &p.rows[i];
            if (!signed_by(x, key_id, p.arena))
                continue;
            found++;
            tell(ctx, x->number, x->version, x->holder);
        }
        if (n > 0) {
            arena_reset(keep);
            after = arena_sv(keep, p.rows[n - 1].number);
        }
        arena_free(p.arena);
    } while (n == PAGE);
    arena_free(keep);
    return rc < 0 ? rc : found;
}
