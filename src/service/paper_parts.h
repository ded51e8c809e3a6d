/* paper_parts: what the writers of papers share. Private to src/service/paper*.c.
 *
 * A finder fills in what one row of the bundle makes of a paper (date DATE_NONE: nothing yet); a
 * writer says what stands on it. Both read only what was fixed on the paper's day.
 */
#ifndef YZ_SERVICE_PAPER_PARTS_H
#define YZ_SERVICE_PAPER_PARTS_H

#include "domain/catalog/effect.h"
#include "service/papers.h"

enum { BLOCKS_MAX = 600 };

struct letter {
    const struct app *app;                /* this and the next but one: NULL of a handout */
    struct arena *arena;
    const struct bundle *b;
    const struct catalog *catalog;
    const struct paper *paper;
    const struct item_row *item;          /* NULL: the whole case */
    const struct permit_type *permit;     /* of the item */
    const struct department *department;  /* of the item */
    struct sv only;                       /* an extract for this department */
    struct doc_block blocks[BLOCKS_MAX];
    struct doc_letter doc;
    struct err *e;
};

#define PAPER_WRITER(name)                                                                        \
    void paper_find_##name(const struct bundle *b, size_t row, struct arena *a,                   \
                           struct paper *out);                                                    \
    int paper_write_##name(struct letter *l)
PAPER_WRITER(receipt);
PAPER_WRITER(notice);
PAPER_WRITER(correction);
PAPER_WRITER(acceptance);
PAPER_WRITER(decision);
PAPER_WRITER(ended);
PAPER_WRITER(special);
PAPER_WRITER(extension);
PAPER_WRITER(hearing);
PAPER_WRITER(delivery);
PAPER_WRITER(visit);
PAPER_WRITER(inspection);
PAPER_WRITER(commitment);
PAPER_WRITER(permit);
/* Whose permit it was when a paper about it was issued. */
struct sv paper_permit_holder(const struct bundle *b, const struct paper *p);

/* ---- finding ---- */
/* When the act behind a paper was done: the first event of the clock that names its code, else
 * the start of its day. */
int64_t paper_event_at(const struct bundle *b, int64_t item_id, const char *key, int64_t id,
                       int32_t day);
const struct item_row *paper_item(const struct bundle *b, int64_t item_id);

/* ---- writing ---- */
/* Everything of the one-time notice but its first sentence, as the guide's result says it. */
void letter_notice(struct letter *l, const struct guide_result *g, struct sv region);
/* The flow chart of some permits; of those that are 二选一 it shows one. */
void letter_flow(struct letter *l, const struct industry *ind, const struct permit_type **permits,
                 size_t n, struct sv region);
/* The reform's effect: a table of the figures, and how they come about. */
void letter_effect(struct letter *l, const struct reform_effect *e);
/* Text for printf; "" for none. */
static inline const char *text_of(struct sv s)
{
    return s.p ? s.p : "";
}
void letter_say(struct letter *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
void letter_text(struct letter *l, struct sv paragraph); /* nothing for "" */
void letter_head(struct letter *l, const char *text);
/* Below a chapter: level 1 or 2 (struct doc_block). */
void letter_below(struct letter *l, unsigned char level, struct sv heading);
/* 2026年11月23日; DATE_NONE: 长期. NUL-terminated, on the letter's arena. */
const char *letter_date(struct letter *l, int32_t d);
/* 2026年11月23日 10时05分, of an instant. */
const char *letter_time(struct letter *l, int64_t ms);
/* "10个工作日（至2026年12月7日）". Only days that fall into the year of `from` are named: the next
 * year's holidays may not be published yet, and a paper must not change when they are. */
const char *letter_limit(struct letter *l, int32_t from, int64_t days);
/* The same as a date alone: "2026年12月7日前", or "10个工作日内". */
const char *letter_due(struct letter *l, int32_t from, int64_t days);
/* 如不服… : 行政复议, 行政诉讼. */
void letter_remedies(struct letter *l);
/* ＿＿＿＿ to be signed by hand. */
void letter_sign_line(struct letter *l, const char *who);
/* 法律依据 of the item's permit, as far as the catalogue knows the articles. */
void letter_bases(struct letter *l);
/* What the case asks for of it: "食品经营许可", "食品经营许可变更". */
const char *letter_permit(const struct letter *l);
const char *department_name(const struct bundle *b, struct sv code);

struct letter_table { struct letter *l; struct doc_table *t; struct doc_row *rows; size_t cap; };
/* A table with up to rows rows; heads and widths live as long as the letter. */
struct letter_table letter_table(struct letter *l, const struct sv *heads, const double *widths,
                                 size_t n_cols, size_t rows);
void table_add(struct letter_table *t, const struct sv *cells);
/* Put it into the letter (not when it has no rows). */
void table_done(struct letter_table *t);
/* A table of label and text. */
struct letter_table letter_facts(struct letter *l, size_t rows);
void fact_add(struct letter_table *t, const char *label, struct sv text); /* nothing for "" */

#endif
