/* versions: the versions of a comprehensive licence (P23, P27).
 *
 * A version is composed from permit events alone (domain/licence/fold.h), signed, and written with
 * the act that made it: the version before is superseded in the same transaction. What goes into the
 * signed bytes is all in the act's ledger entry, so the log alone gives the same bytes again.
 */
#ifndef YZ_SERVICE_VERSIONS_H
#define YZ_SERVICE_VERSIONS_H

#include "domain/licence/fold.h"
#include "domain/licence/payload.h"
#include "domain/licence/status_list.h"
#include "service/app.h"

/* What a version is composed of beside the events. */
struct version_base {
    int format;                        /* of the signed content; old entries of the log have 1 */
    struct sv number;
    int64_t version, case_id;
    struct sv short_id;
    int64_t status_index;
    struct sv uscc, region, industry /* code */, industry_name, issuer;
    struct sv holder, person, address; /* when no permit is left that says it */
    struct sv note;                    /* said before what the permits themselves give; "" none */
    struct sv key_id;                  /* named in the bytes: of keys, or of the log */
    const struct key_ring *keys;       /* that sign; NULL: only composed */
    int64_t at;                        /* ms: the instant of issue */
};
struct version {
    struct licence_row row;  /* payload by version_sign, ledger_seq by version_write */
    struct sv industry_name;
    struct payload content;
    struct sv carried;       /* the bytes that are signed */
    const struct key_ring *keys;
};

/* permits: rows of all permits on the licence; events: theirs, in the order of the log. On a. */
int version_compose(const struct version_base *base, const struct permit_row *permits,
                    size_t n_permits, const struct permit_event_row *events, size_t n_events,
                    struct arena *a, struct version *out, struct err *e);
/* About 0.4 ms. Issuing signs before its transaction; other acts are rare and sign inside theirs,
 * where nothing can change between composing and writing. */
int version_sign(struct version *v, struct arena *a, struct err *e);
/* What a ledger entry says of a version: new reference. */
json_t *version_body(const struct version *v);
/* In the act's transaction, after its ledger entry: insert v, supersede the version before, and show it in the
 * public register. What the act does to permits must be written before. */
int version_write(struct db_conn *c, struct version *v, int64_t ledger_seq, struct err *e);

/* The industry's name as a version was issued under: the catalogue may have dropped it since. */
struct sv version_industry(const struct licence_row *l, struct arena *a);
/* Ten characters, random: of the path that the QR code opens. */
struct sv version_short_id(struct arena *a);
/* The base of the version after `current`: the same licence, a new short id and status bit. */
int version_next(struct app *app, struct db_conn *c, const struct licence_row *current, int64_t now,
                 struct arena *a, struct version_base *out, struct err *e);

/* ---- status indexes (status_index.c) ---- */
/* A fresh bit of the status list: unique, and telling nobody how many were given before. In a write
 * transaction; a gap does no harm. */
int status_index_draw(struct app *app, struct db_conn *c, int64_t *out, struct err *e);
/* The n-th index given: a secret permutation within each list of STATUS_LIST_SIZE. */
int64_t status_index_of(const struct app *app, int64_t n);
/* Counts up with every bit that is set: whoever keeps a list looks here whether it is stale. */
int status_changed(struct db_conn *c, struct err *e);
/* Rows from before there was a list get their bits; done when 0. In small transactions. */
int status_index_backfill(struct app *app, struct err *e);

#endif
