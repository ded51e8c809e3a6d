/* shape: what a catalogue is made of, as one table for everybody who handles it as a document.
 *
 * The loader (load_*.c) reads a catalogue into structs; the workbook, the comparison of versions,
 * the operations of the editor and the editor's own forms need to know the same members by
 * name, kind and Chinese label. They all take them from here, so that a new member is one line.
 * A test compares the table with catalog/schema.json in both directions.
 *
 * Canonical form: members in the order of the table (free objects keep their own order), members
 * that are null left out, two spaces of indentation, UTF-8, one line feed at the end.
 */
#ifndef YZ_DOMAIN_CATALOG_SHAPE_H
#define YZ_DOMAIN_CATALOG_SHAPE_H

#include "base/json.h"

enum shape_kind {
    SHAPE_CODE,    /* [A-Za-z0-9_-]{1,40} */
    SHAPE_TEXT,
    SHAPE_DATE,    /* text YYYY-MM-DD */
    SHAPE_INT,
    SHAPE_BOOL,
    SHAPE_WORD,    /* one of words */
    SHAPE_REF,     /* code of a `ref` */
    SHAPE_TEXTS,   /* list of texts */
    SHAPE_REFS,    /* list of codes */
    SHAPE_CHOICES, /* list of {value, label} */
    SHAPE_MAP,     /* free names -> text */
    SHAPE_COND,
    SHAPE_JSON,    /* free object */
    SHAPE_VALUE,   /* text, true/false or integer */
    SHAPE_OBJECT,  /* members of `of` */
    SHAPE_LIST     /* list of `of` */
};

struct shape;

struct shape_member {
    const char *name, *label;
    enum shape_kind kind;
    bool required;
    const char *ref; /* key of a shape, or "role": SHAPE_REF, SHAPE_REFS, values of SHAPE_MAP */
    const char *const *words;
    const char *const *says; /* the words in Chinese where they are not; NULL: they are */
    size_t n_words;
    const struct shape *of;
};

struct shape {
    const char *key;   /* "permit" */
    const char *label; /* 许可事项: one of them */
    const char *sheet; /* of the workbook; NULL for parts of a row */
    const char *id;    /* member that names an element among its like; NULL: by place */
    const char *title; /* member that people know it by; NULL: id */
    const struct shape_member *members;
    size_t n;
};

extern const struct shape CATALOG_SHAPE;

const struct shape_member *shape_member(const struct shape *s, struct sv name);
/* Stable word of a kind, for clients. */
const char *shape_kind_key(enum shape_kind k);

/* A field's type in Chinese: 下拉单选. type: enum field_type. */
const char *shape_field_type(unsigned type);

/* The document in canonical order. New reference; doc is left alone. */
json_t *shape_canonical(const json_t *doc);
/* Its canonical bytes, on a. */
struct sv shape_text(const json_t *doc, struct arena *a);
/* The table for clients: {key: {label, id, title, members: [...]}}. New reference. */
json_t *shape_to_json(void);

/* What an element is called: `许可事项“食品经营许可证”`. On a. */
struct sv shape_call(const struct shape *s, const json_t *element, size_t index, struct arena *a);

#endif
