/* licences: see licences.h. */
#include "licences.h"

#include <stdio.h>
#include <stdlib.h>

#include "domain/licence/number.h"
#include "domain/licence/status_list.h"
#include "service/status.h"
#include "service/versions.h"
#include "sys/clock.h"

enum { SIGNATURES = 4000, ROUNDS = 11, ENDED_OF = 100 };

double bare_signatures(const struct app *app)
{
    char content[400] = "what a licence of five permits says";
    unsigned char sig[SM2_SIG_SIZE];
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    int64_t from = clock_monotonic_us();
    for (int i = 0; i < SIGNATURES; i++)
        if (sm2_sign(app_keys(app)->signer, sv_make(content, sizeof content), sig, &e) != 0)
            fprintf(stderr, "%s\n", err_text(&e));
    double us = (double)(clock_monotonic_us() - from);
    arena_free(a);
    return SIGNATURES * 1e6 / us;
}

/* ---- the status list ---- */

struct end_ctx { int64_t n; };

/* At random, as departments would: neighbours would pack too well. */
static int end_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct end_ctx *x = ctx;
    uint64_t seed = 88172645463325252u;
    int rc = 0;
    for (int64_t k = 0; rc >= 0 && k < x->n / ENDED_OF; k++) {
        struct buf number;
        buf_init(&number, 64);
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        int64_t i = (int64_t)(seed % (uint64_t)x->n);
        licence_number(&number, SV("150302"), 1 + i / 99999, 2025, 1 + i % 99999);
        rc = licence_supersede(c, buf_sv(&number), 1, 20800, e);
        buf_done(&number);
        if (rc == ERR_CHANGED) { /* has ended already */
            err_clear(e);
            rc = 0;
        }
    }
    return rc < 0 ? rc : status_changed(c, e);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double median(int64_t *us)
{
    qsort(us, ROUNDS, sizeof *us, by_size);
    return (double)us[ROUNDS / 2] / 1000;
}

static int change_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    return status_changed(c, e);
}

void bench_status_list(struct app *app, int64_t n, struct err *e)
{
    int64_t all[ROUNDS], packing[ROUNDS];
    struct status_published doc = { .from_ms = 0 };
    const struct status_list *lists = NULL;
    size_t n_lists = 0;
    struct arena *a = arena_new();
    struct end_ctx x = { n };
    int rc = db_write(app->db, end_tx, &x, e);
    int64_t now = clock_now_ms();
    for (int i = 0; rc == 0 && i < ROUNDS; i++) { /* each as after a change: read, packed, signed */
        arena_reset(a);
        now += STATUS_RESIGN_MS;
        rc = db_write(app->db, change_tx, NULL, e);
        int64_t from = clock_monotonic_us();
        if (rc == 0)
            rc = status_publish(app, 0, now, a, &doc, e);
        all[i] = clock_monotonic_us() - from;
        if (rc == 0)
            rc = status_now(app, now, a, &lists, &n_lists, e);
        struct buf packed;
        buf_init(&packed, STATUS_MAX_TEXT);
        from = clock_monotonic_us();
        if (rc == 0)
            rc = status_encode(lists[0].bits, &packed, e);
        packing[i] = clock_monotonic_us() - from;
        buf_done(&packed);
    }
    if (rc == 0) {
        double whole = median(all), bare = median(packing);
        printf("(g) status list of %lld, 1 %% ended, read, packed and signed: %.0f ms, %zu kB; packing "
               "alone: %.0f ms; ratio %.1f\n", (long long)n, whole, doc.body.n / 1000, bare,
               whole / bare);
    } else {
        fprintf(stderr, "status list: %s\n", err_text(e));
    }
    arena_free(a);
}
