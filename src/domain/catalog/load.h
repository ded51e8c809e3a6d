/* load: the parts of reading a catalogue that its files share. Private to this folder.
 *
 * Reading never stops at the first mistake: every function reports and goes on, so that an
 * official who edits a catalogue sees everything at once. What a wrong member would have
 * filled stays zero; whoever uses it later is not reached, because a catalogue with any
 * problem is thrown away whole. Conditions are read last, when all codes are known.
 */
#ifndef YZ_DOMAIN_CATALOG_LOAD_H
#define YZ_DOMAIN_CATALOG_LOAD_H

#include "domain/catalog/cond.h"

/* Where we are in the file, as a chain on the stack; written out only for a problem. */
struct at {
    const struct at *up; /* NULL: the document */
    const char *key;     /* NULL: an array element */
    size_t index;
};

struct later { /* a condition to be read at the end */
    const struct cond **slot;
    json_t *value;
    struct sv pointer;
};

struct load {
    struct catalog *c;
    struct arena *a;
    struct err *e;
    struct later *later;
    size_t n_later, cap_later;
};

enum member_kind {
    M_TEXT,  /* struct sv */
    M_CODE,  /* struct sv, [A-Za-z0-9_-]{1,40} */
    M_INT,   /* int64_t in 0..1,000,000 */
    M_BOOL,  /* bool */
    M_WORD,  /* an enum, by its Chinese or English word */
    M_TEXTS, /* struct sv * and size_t */
    M_JSON,  /* json_t *, an object, borrowed */
    M_COND,  /* const struct cond *, read later */
    M_OTHER  /* known, read by somebody else */
};

/* One member of a JSON object. at_n: of the count (M_TEXTS); words: of M_WORD, by value. */
struct member {
    const char *name;
    enum member_kind kind;
    bool required;
    size_t at, at_n;
    const char *const *words;
    size_t n_words;
};

/* Rows of a member table, named like the struct's member. */
#define AT(type, member) offsetof(struct type, member)
#define TEXT(type, member, required) { #member, M_TEXT, required, AT(type, member), 0, NULL, 0 }
#define CODE(type, member) { #member, M_CODE, true, AT(type, member), 0, NULL, 0 }
#define BOOL(type, member) { #member, M_BOOL, false, AT(type, member), 0, NULL, 0 }
#define TEXTS(type, member) \
    { #member, M_TEXTS, false, AT(type, member), AT(type, n_##member), NULL, 0 }
#define COND(type, member) { #member, M_COND, false, AT(type, member), 0, NULL, 0 }
#define WORD(type, member, required, words) \
    { #member, M_WORD, required, AT(type, member), 0, words, sizeof(words) / sizeof *(words) }
#define CERTAINTY(type, required) WORD(type, certainty, required, WORDS_CERTAINTY)
#define OTHER(name, required) { name, M_OTHER, required, 0, 0, NULL, 0 }
#define COUNT(table) (sizeof(table) / sizeof *(table))

struct at at_key(const struct at *up, const char *key);
struct at at_index(const struct at *up, size_t index);
struct sv at_pointer(struct arena *a, const struct at *at);

void load_problem(struct load *l, const struct at *at, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Read the members of obj into *out by the table. False when obj is no object. */
bool load_members(struct load *l, const struct at *at, const json_t *obj,
                  const struct member *table, size_t n, void *out);

/* The array obj[key] (absent: empty); *at gets its place. Reports another type. */
size_t load_array(struct load *l, const struct at *up, const json_t *obj, const char *key,
                  struct at *at, json_t **out);

/* Read obj[key] as an array of size-byte structs: each(l, at, element, struct). */
void *load_list(struct load *l, const struct at *up, const json_t *obj, const char *key,
                size_t size, size_t *n,
                void (*each)(struct load *, const struct at *, json_t *, void *));

/* Make "kind:code" findable; a second one is a problem. */
void load_register(struct load *l, const struct at *at, const char *kind, struct sv code,
                   const void *thing);
void *load_find(const struct catalog *c, const char *kind, struct sv code);

/* Arrays of codes -> arrays of pointers; unknown ones are problems. */
const void **load_refs(struct load *l, const struct at *up, const json_t *obj, const char *key,
                       const char *kind, const char *label, size_t *n);
/* One code -> pointer. Reports when unknown; NULL for an empty code. */
const void *load_ref(struct load *l, const struct at *up, const char *key, const char *kind,
                     const char *label, struct sv code);

/* Remember obj[key] as a condition for *slot. */
void load_cond_later(struct load *l, const struct at *up, const json_t *obj, const char *key,
                     const struct cond **slot);
/* Read everything remembered. */
void load_conds(struct load *l);

/* The parts, in this order (each needs the ones before). */
void load_basics(struct load *l, const struct at *at, const json_t *doc);     /* load_basics.c */
void load_basis(struct load *l, const struct at *at, json_t *obj, void *out);
void load_field(struct load *l, const struct at *at, json_t *obj, void *out); /* load_field.c */
void load_free_patterns(const struct field *fields, size_t n);
void load_permit(struct load *l, const struct at *at, json_t *obj, void *out); /* load_permit.c */
void load_permit_links(struct load *l, const struct at *at, const struct permit_type *p);
void load_industry(struct load *l, const struct at *at, json_t *obj, void *out);

/* Everything about the whole: check.c. */
void check_catalog(struct load *l);

extern const char *const WORDS_CERTAINTY[3], *const WORDS_KIND[3], *const WORDS_MODE[3],
    *const WORDS_NECESSITY[3], *const WORDS_FORM[3], *const WORDS_FIELD[18],
    *const WORDS_RULE[11];

#endif
