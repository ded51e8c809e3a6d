/* doc: papers. What a paper shows comes in as a struct; what comes out is a file in a buffer.
 *
 * Drawing goes through a device (layout.h), so that the same layout makes PDF, OFD and a text
 * trace for golden tests. Output is reproducible: the same facts give the same bytes, except for
 * the signature of an electronic seal. Slow (10-30 ms): never inside a transaction or on an event thread. Thread-safe.
 */
#ifndef YZ_DOC_DOC_H
#define YZ_DOC_DOC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "doc/device.h"

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
    bool a3;                       /* for the wall; else A4 */
    const struct doc_original *original; /* for OFD, may be NULL */
};
/* 行业综合许可证, landscape. */
int doc_licence(const struct doc_licence *d, enum doc_format format, struct buf *out,
                struct err *e);

/* Is all of it text that can be set? */
int doc_licence_check(const struct doc_licence *d, struct err *e);

/* 电子证照 of one statutory permit, A4 portrait: what any of them says. */
struct doc_certificate {
    struct sv title, number, holder, uscc, person, address;
    struct sv department, granted, valid;
    struct sv identifier;          /* GB/T 36904 */
    struct sv licence;             /* number of the 行业综合许可证 that names it */
    struct sv qr_text, query_url;
    struct sv void_note;
    bool sample;
    const struct doc_original *original;
};
int doc_certificate(const struct doc_certificate *d, enum doc_format format, struct buf *out,
                    struct err *e);

/* The licence for a phone: PNG, 1080 pixels wide, as high as it needs. state: 有效 …; the code can be
 * read from a photo of the screen. */
int doc_card(const struct doc_licence *d, struct sv state, struct buf *out, struct err *e);

/* 办理流程图: boxes in rows, time runs downwards. In the wide layout a box takes the share x0..x1 of
 * the width; in the narrow one (a phone) all stand below each other along one line. */
struct doc_flow_node {
    struct sv title, text, time; /* the last two may be "" */
    struct sv head;              /* whose it is, where no column says so: narrow only */
    struct sv lane;              /* who acts */
    double x0, x1;
    size_t row, narrow_row;
    bool wait;                   /* a waiting point */
    bool critical;               /* on the longest path */
    bool caption;                /* names its columns: wide only */
};
struct doc_flow_edge { size_t from, to; bool wait /* there and back */, critical; };
struct doc_flow {
    struct sv title;
    struct sv words;             /* the chart in words, for those who do not see it */
    const struct doc_flow_node *nodes; size_t n_nodes;  /* by row */
    const struct doc_flow_edge *edges; size_t n_edges;
    const struct sv *notes; size_t n_notes;             /* under the chart */
};
int doc_flow(const struct doc_flow *d, bool narrow, enum doc_format format, struct buf *out,
             struct err *e);

/* A formal letter: title, number, addressee, paragraphs, tables, remedies, seal block. Serves
 * every paper of the process (src/service/papers.c). */
struct doc_row { const struct sv *cells; size_t n; };
struct doc_table { struct sv title; const struct sv *heads; const double *widths /* share of 1 */;
                   size_t n_cols; const struct doc_row *rows; size_t n_rows; };
struct doc_block { /* exactly one of them is set */
    struct sv heading, paragraph;
    const struct doc_table *table;
    const struct doc_flow *flow;
    unsigned char level;  /* of a heading: 0 chapter, 1 below it, 2 not in a list of contents either */
};
struct doc_letter {
    struct sv title, number, to;
    const struct doc_block *blocks; size_t n_blocks;
    struct sv issuer, date;
    struct sv qr_text;    /* "" none */
    struct sv qr_note;    /* under the code; "" 扫码核验本文书 */
    struct sv footer;
    bool sample;
    bool plain;           /* of a private person, or an extract: no letterhead, no seal */
};
int doc_letter(const struct doc_letter *d, enum doc_format format, struct buf *out, struct err *e);

/* 工作规范: a cover, contents with page numbers, chapters. Contents list headings of levels 0 and 1. */
struct doc_manual {
    struct sv title, subject;    /* 行业综合许可工作规范, 超市 */
    struct sv issuer, edition, note; /* on the cover */
    struct sv footer;
    const struct doc_block *blocks; size_t n_blocks;
};
int doc_manual(const struct doc_manual *d, enum doc_format format, struct buf *out, struct err *e);

/* 窗口海报, A3 portrait. */
struct doc_poster_step { struct sv title, text; };
struct doc_poster_figure { struct sv name, before, after, unit; }; /* before "": not known */
struct doc_poster_window { struct sv name, address, phone, hours; };
struct doc_poster {
    struct sv kicker, title, subtitle;
    const struct doc_poster_figure *figures; size_t n_figures; /* at most 4 */
    struct sv figures_note;
    const struct doc_poster_step *steps; size_t n_steps;       /* 3 to 5 */
    const struct doc_poster_step *bring; size_t n_bring;       /* who has to bring what */
    struct sv bring_note;
    struct sv qr_text, qr_note;                                /* "" none */
    const struct doc_poster_window *windows; size_t n_windows; /* at most 3 */
    struct sv foot;
};
int doc_poster(const struct doc_poster *d, enum doc_format format, struct buf *out, struct err *e);

/* The face of a seal as PNG, transparent, side in mm; word (示例) below the star when given. */
int doc_seal_picture(struct sv name, struct sv word, double side, struct buf *out, struct err *e);

/* QR as SVG (black modules, quiet zone 4) for pages. level 'L','M','Q','H'. */
int doc_qr_svg(struct sv text, char level, struct buf *out, struct err *e);

#endif
