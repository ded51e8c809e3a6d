/* doc: papers. What a paper shows comes in as a struct; what comes out is a PDF in a buffer.
 *
 * Drawing goes through a device (layout.h), so that the same layout makes PDF now, OFD later
 * and a text trace for golden tests. Output is reproducible: the same facts give the same
 * bytes. Slow (10-30 ms): never inside a transaction or on an event thread. Thread-safe.
 */
#ifndef YZ_DOC_DOC_H
#define YZ_DOC_DOC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum doc_format { DOC_PDF, DOC_TRACE /* text of every mark, for tests */ };

struct doc_permit { struct sv name, number, department, granted, valid, status; };

struct doc_licence {
    struct sv number, holder, uscc, person, address, industry;
    struct sv issuer, issued;      /* "2026年11月23日" */
    int64_t version;
    struct sv qr_text;             /* whole URL */
    struct sv query_url;           /* how to check it */
    struct doc_permit *permits; size_t n_permits;
    struct sv ended_note;          /* items that ended without a permit, "" none */
    struct sv void_note;           /* "" = valid; else 已被新版本替代 …, drawn across */
    bool sample;                   /* demonstration data: a visible 示例 mark */
};
/* 行业综合许可证, A4 landscape. */
int doc_licence(const struct doc_licence *d, enum doc_format format, struct buf *out,
                struct err *e);

/* A formal letter: title, number, addressee, paragraphs, tables, remedies, seal block. Serves
 * every paper of the process (src/service/papers.c). */
struct doc_row { const struct sv *cells; size_t n; };
struct doc_table { struct sv title; const struct sv *heads; const double *widths /* share of 1 */;
                   size_t n_cols; const struct doc_row *rows; size_t n_rows; };
struct doc_block { /* exactly one of them is set */
    struct sv heading, paragraph;
    const struct doc_table *table;
};
struct doc_letter {
    struct sv title, number, to;
    const struct doc_block *blocks; size_t n_blocks;
    struct sv issuer, date;
    struct sv qr_text;    /* "" none */
    struct sv footer;
    bool sample;
    bool plain;           /* of a private person, or an extract: no letterhead, no seal */
};
int doc_letter(const struct doc_letter *d, enum doc_format format, struct buf *out, struct err *e);

/* QR as SVG (black modules, quiet zone 4) for pages. level 'L','M','Q','H'. */
int doc_qr_svg(struct sv text, char level, struct buf *out, struct err *e);

#endif
