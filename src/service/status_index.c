/* status_index: which bit of the status list is whose (facts: "assign indexes randomly").
 *
 * The n-th index is a keyed permutation of n within its list (a Feistel network over HMAC-SM3), so
 * indexes are unique without looking, and nobody without the key can tell neighbours, order or number
 * of licences from them.
 */
#include "service/versions.h"

enum { HALF = 10, MASK = (1 << HALF) - 1, ROUNDS = 6, BATCH = 500 };
_Static_assert(STATUS_LIST_SIZE == 1 << (2 * HALF), "two halves make an index");

static unsigned round_of(const struct app *app, int round, int64_t list, unsigned half)
{
    unsigned char in[16];
    struct sm3_hash out;
    struct buf b;
    buf_init(&b, sizeof in + 16);
    buf_str(&b, "status");
    buf_byte(&b, (unsigned char)round);
    buf_be(&b, (uint64_t)list, 8);
    buf_be(&b, half, 2);
    hmac_sm3(sv_make((const char *)app->mac_key.b, sizeof app->mac_key.b), buf_sv(&b), &out);
    buf_done(&b);
    return ((unsigned)out.b[0] << 8 | out.b[1]) & MASK;
}

int64_t status_index_of(const struct app *app, int64_t n)
{
    int64_t list = n / STATUS_LIST_SIZE;
    unsigned left = (unsigned)(n % STATUS_LIST_SIZE) >> HALF;
    unsigned right = (unsigned)(n % STATUS_LIST_SIZE) & MASK;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned next = left ^ round_of(app, i, list, right);
        left = right;
        right = next;
    }
    return list * STATUS_LIST_SIZE + (int64_t)(left << HALF | right);
}

int status_index_draw(struct app *app, struct db_conn *c, int64_t *out, struct err *e)
{
    int64_t n;
    int rc = counter_next(c, SV("status"), &n, e);
    if (rc >= 0)
        *out = status_index_of(app, n - 1);
    return rc < 0 ? rc : 0;
}

int status_changed(struct db_conn *c, struct err *e)
{
    int64_t n;
    int rc = counter_next(c, SV("status_revision"), &n, e);
    return rc < 0 ? rc : 0;
}

/* ---- rows of before ---- */

struct backfill { struct app *app; size_t done; };

static int number_permits(struct db_conn *c, struct backfill *b, struct arena *a, struct err *e)
{
    int64_t *ids;
    int64_t index;
    size_t n;
    int rc = permit_list_unnumbered(c, BATCH, a, &ids, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = status_index_draw(b->app, c, &index, e);
        if (rc == 0)
            rc = permit_set_status(c, ids[i], index, e);
        b->done++;
    }
    return rc;
}

static int backfill_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct backfill *b = ctx;
    struct arena *a = arena_new();
    struct licence_row *rows;
    int64_t index;
    size_t n = 0;
    b->done = 0;
    int rc = number_permits(c, b, a, e);
    if (rc == 0)
        rc = licence_list_unnumbered(c, BATCH, a, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = status_index_draw(b->app, c, &index, e);
        if (rc == 0)
            rc = licence_set_status(c, rows[i].number, rows[i].version, index, e);
        b->done++;
    }
    if (rc == 0 && b->done)
        rc = status_changed(c, e);
    arena_free(a);
    return rc;
}

int status_index_backfill(struct app *app, struct err *e)
{
    struct backfill b = { .app = app };
    int rc;
    do
        rc = db_write(app->db, backfill_tx, &b, e);
    while (rc == 0 && b.done > 0);
    return rc;
}
