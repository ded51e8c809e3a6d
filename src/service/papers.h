/* papers: the letters of a case, made from its facts whenever asked for (nothing is stored).
 *
 * A paper is what was issued on its day: only facts fixed by then stand on it, so that it is the
 * same to the byte whenever it is made again. Each has a number, a code to fetch it by, and a
 * verification code (paper_verify.c) that is printed as QR.
 */
#ifndef YZ_SERVICE_PAPERS_H
#define YZ_SERVICE_PAPERS_H

#include "doc/doc.h"
#include "service/bundle.h"

/* These numbers stand in verification codes on paper: only ever add at the end. */
enum paper_kind {
    PAPER_RECEIPT, PAPER_NOTICE, PAPER_CORRECTION, PAPER_ACCEPTANCE, PAPER_SPECIAL,
    PAPER_EXTENSION, PAPER_HEARING, PAPER_VISIT, PAPER_INSPECTION, PAPER_COMMITMENT,
    PAPER_DECISION, PAPER_DELIVERY, PAPER_ENDED, PAPER_PERMIT, PAPER_KINDS
};

struct paper {
    enum paper_kind kind;
    struct sv code;    /* "receipt", "special-<special id>", "correction-1" (an earlier round) */
    struct sv title;   /* 受理通知书 */
    struct sv label;   /* 受理通知书（食品经营许可证）, for lists */
    struct sv number;  /* <办件编号>-SPJYXK-受01 */
    int32_t date;      /* the day of the act; DATE_NONE: there is no such paper (yet) */
    int64_t moment;    /* when the act was done, ms */
    int64_t item_id;   /* 0: the whole case */
    int64_t id;        /* of the row that it is about, in its code; 0 none */
    size_t row;        /* that row's place in the bundle */
    unsigned ordinal;  /* among those of its kind for this item (or case), from 1 */
    bool superseded;   /* there is a newer one, which has the plain code */
    bool replaced;     /* and it counts instead of this one: announced anew */
};

/* Papers that exist, in the order they were issued, on a. b: everything loaded; the form and its
 * files are not needed. */
void papers_list(const struct bundle *b, struct arena *a, struct paper **out, size_t *n);
/* By code; false when this case has no such paper (yet). */
bool papers_find(const struct bundle *b, struct sv code, struct arena *a, struct paper *out);
/* Is it one of the papers that an item's department sees with the item? */
bool paper_concerns(const struct bundle *b, const struct paper *p, const struct item_row *i);

/* Is there a paper about an event of a permit: of what its department did of its own accord? Its code is
 * "permit-<id of the event>", in the case that led to the permit. */
bool paper_of_event(const struct permit_event_row *v);

/* Draw. only: "" or the department that asks for its extract of a correction (P6: it does not see
 * what others ask); any other paper is drawn whole. */
int paper_make(const struct app *app, const struct bundle *b, const struct paper *p,
               struct sv only, struct arena *a, enum doc_format format, struct buf *out,
               struct err *e);
/* Who issued it, and the holder as named at that moment. */
struct sv paper_issuer(const struct bundle *b, const struct paper *p);
struct sv paper_holder(const struct bundle *b, const struct paper *p, struct arena *a);

/* ---- verification (paper_verify.c) ---- */
/* 32 characters of Crockford's base32: what it names, authenticated. */
struct sv paper_verify_code(const struct app *app, const struct bundle *b, const struct paper *p,
                            struct arena *a);
struct paper_view {
    struct paper paper;
    struct sv issuer, holder, sm3; /* sm3: hex, of the PDF's bytes */
};
/* By a code as typed or scanned: 1 / 0 unknown or forged / negative. */
int paper_verify(struct app *app, struct sv code, struct arena *a, struct paper_view *out,
                 struct err *e);
/* For the decoding's test: a paper of b that a code names. 1 / 0 */
int paper_of_code(const struct app *app, const struct bundle *b, struct sv code, struct arena *a,
                  struct paper *out);

#endif
