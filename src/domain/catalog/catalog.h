/* catalog: the model of the industry catalogue 行业目录, as data (SPEC R1.1).
 *
 * A catalogue is immutable once loaded and shared by all threads; everything in it lives
 * on its own arena. A case keeps the version it was filed under. All text is borrowed
 * from the catalogue. Arrays are in file order. Nothing here knows HTTP, SQL or the clock.
 */
#ifndef YZ_DOMAIN_CATALOG_H
#define YZ_DOMAIN_CATALOG_H

#include "base/json.h"
#include "base/map.h"

enum certainty { CERTAIN, FAIRLY_CERTAIN, TO_BE_VERIFIED }; /* 确定 较确定 待核定 */
enum permit_kind { PERMIT_LICENCE, PERMIT_FILING, PERMIT_REGISTRATION }; /* 行政许可 备案 登记 */
enum permit_mode { MODE_REQUIRED, MODE_ON_DEMAND, MODE_ONE_OF };         /* 必办 按需 二选一 */
enum necessity { NECESSARY, TOLERABLE, OPTIONAL }; /* 必要 容缺后补 非必要 */
enum material_form { FORM_ORIGINAL, FORM_COPY, FORM_ELECTRONIC };
enum field_type {
    FIELD_TEXT, FIELD_TEXTAREA, FIELD_NUMBER, FIELD_INTEGER, FIELD_DATE, FIELD_BOOL,
    FIELD_RADIO, FIELD_SELECT, FIELD_MULTISELECT, FIELD_TABLE, FIELD_PERSON, FIELD_PHONE,
    FIELD_EMAIL, FIELD_IDCARD, FIELD_USCC, FIELD_ADDRESS, FIELD_REGION, FIELD_LNGLAT
};

/* A condition over form values, guide answers and context; NULL = always true.
 * Same JSON form on both sides (docs/catalog-format.md, web/src/shared/cond.ts):
 *   {"all":[..]} {"any":[..]} {"not":{..}}
 *   {"field":"F","op":"eq|ne|in|contains|filled|empty|lt|le|gt|ge","value":..}
 *   {"answer":"Q","op":"has","value":"A"}   {"context":"law_version","op":"eq","value":"2024"} */
struct cond;

struct region { struct sv code, name, short_name, parent, note; enum certainty certainty; };

struct department {
    struct sv code, name, role, role_name, region, duty, note;
    bool vertical; /* 垂管: has its own system */
    enum certainty certainty;
};

struct window {
    struct sv code, name, type, region, center, department, duty, counter_no, address, phone, hours;
    bool sample; /* 示例 data, shown as such */
};

struct law { struct sv code, title, doc_no, version, note; enum certainty certainty; };

struct basis { /* one clause that something rests on */
    const struct law *law;
    struct sv article, summary, verified_by;
    enum certainty certainty;
};

struct choice { struct sv value, label; };

/* One column of a FIELD_TABLE row or part of a FIELD_PERSON. */
struct column { struct sv code, label; enum field_type type; bool required;
                bool any_document; /* FIELD_IDCARD: passport, USCC, ... will do as well */
                const struct choice *options; size_t n_options; };

/* A rule that a filled value must keep; several per field, each with its own sentence. */
enum rule_kind { RULE_PATTERN, RULE_MIN, RULE_MAX, RULE_LE_FIELD, RULE_GE_FIELD, RULE_EQUALS,
                 RULE_NOT_BEFORE_TODAY, RULE_NOT_AFTER_TODAY, RULE_MIN_ROWS, RULE_ONLY_IF,
                 RULE_QUOTIENT /* value = field arg / field by, to the hundredth */ };
struct rule {
    enum rule_kind kind;
    const struct cond *when; /* the rule holds only then */
    int64_t limit;           /* RULE_MIN/MAX in hundredths; MIN_ROWS a count */
    struct sv arg;           /* pattern (a small ERE), field code, or value */
    struct sv by;            /* QUOTIENT: code of the divisor field */
    struct sv column;        /* the rule is about this column of a table or person */
    const void *pattern;     /* RULE_PATTERN: compiled regex_t */
    const struct cond *test; /* RULE_ONLY_IF: must be true when value contains arg */
    struct sv message;       /* Chinese sentence for the applicant */
};

/* FIELD_IDCARD whose kind of document another field tells: option value -> kind
 * (citizen, passport, hk_macao, taiwan, foreign_resident; see law/ids.h). */
struct id_type { struct sv field; const struct choice *kinds; size_t n_kinds; };

struct permit_type;

struct field {
    struct sv code, label, group, note, unit, prefill_source;
    const struct permit_type *owner; /* NULL: shared */
    struct id_type id_type;          /* field empty: a citizen id */
    bool by_mode;                    /* offer only options that are a mode of some permit */
    enum field_type type;
    bool required;
    bool sensitive;              /* personal data: masked when shown */
    const struct cond *show_if;  /* hidden and ignored unless true */
    const struct cond *required_if;
    const struct choice *options; size_t n_options;
    const struct column *columns; size_t n_columns;
    const struct rule *rules; size_t n_rules;
    int64_t max_length;          /* code points, text kinds */
};

struct material { /* a kind of document 申报材料 */
    struct sv code, name, source, issuer, note, e_cert_name, kind, validity_hint;
    bool shareable, exempt_by_share; /* exempt: obtained by data sharing, no upload 免提交 */
    bool generated;                  /* made by the platform from the form (M-SQB) */
    /* A blank form and a filled example, line by line; "|a|b" a row of a table, the first its head,
     * "|*5" five empty ones (docs/catalog-format.md). None: n 0. */
    const struct sv *blank; size_t n_blank;
    const struct sv *sample; size_t n_sample;
};

struct material_use { /* what one permit asks of a material */
    const struct material *material;
    enum necessity necessity;
    enum material_form form;
    int64_t copies;
    bool before;            /* must be there before acceptance (else checked on site / later) */
    bool on_site;           /* looked at by the inspectors, not handed in 核查时查验 */
    struct sv original_name, annotate, tolerance, when_text, note;
    const struct cond *when; /* needed only then; NULL with OPTIONAL = applicant may add it */
};

struct dependency { struct sv type, on, note; };

struct check_item { struct sv item, method; bool key_item; struct sv common_code; };

struct common_check { struct sv code, item, method; }; /* the same for several permits */

struct permit_type {
    struct sv code, name, formal_name, certificate_name, scope, status;
    const struct sv *annex_names; size_t n_annex_names; /* as the city's annex writes it */
    enum permit_kind kind;
    bool retired; /* abolished by law: shown only for old rules (P-WBAQ) */
    struct sv level; enum certainty level_certainty;
    struct sv supervisor_role;
    const struct sv *co_supervisors; size_t n_co_supervisors; /* roles */
    struct sv decider_role;   /* department role that decides ... */
    struct map deciders;      /* region code -> const struct department * */
    struct map supervisors;   /* region code -> const struct department * */
    const struct basis *bases; size_t n_bases;
    int64_t statutory_days, promised_days; /* working days; 0 = on the spot 当场 */
    struct sv statutory_text; enum certainty limit_certainty;
    struct sv promised_certainty, limit_note;
    json_t *promised_by_mode; /* mode -> working days; may be NULL */
    const struct sv *limit_excludes; size_t n_limit_excludes; /* time not counted */
    int64_t correction_days;  /* P7 due, default 30 */
    int64_t extension_days;   /* P10; 0 = the 10 of art. 42 */
    int64_t validity_years;   /* 0 = no expiry */
    struct sv validity_text, renewal_text, annual_text; enum certainty validity_certainty;
    const struct cond *inspection_when; /* a required inspection is needed only then */
    struct sv inspection_phase;
    bool inspection_required; struct sv inspection_text; enum certainty inspection_certainty;
    bool tolerance_allowed; struct sv tolerance_reason; /* why (not) 容缺 */
    const struct cond *tolerance_when; /* allowed only then */
    int64_t tolerance_days; /* working days to keep a promise; 0 = COMMITMENT_DAYS */
    enum certainty tolerance_certainty;
    const struct sv *modes; size_t n_modes; /* values of F_MODE offered */
    bool hearing_required; /* no grant without a hearing */
    struct sv hearing_text, publicity_basis; int64_t publicity_days; enum certainty publicity_certainty;
    json_t *quantity_control; /* as read; may be NULL */
    const struct sv *sensitive; size_t n_sensitive;     /* 国家安全 公共安全 … */
    const struct sv *conditions; size_t n_conditions; enum certainty conditions_certainty;
    const struct material_use *materials; size_t n_materials; enum certainty materials_certainty;
    const struct field *fields; size_t n_fields;          /* individual fields */
    const struct field **shared; size_t n_shared;         /* shared fields used */
    const struct dependency *deps; size_t n_deps;
    const struct check_item *checks; size_t n_checks;
    struct sv number_format; /* template for permit numbers, see licence/number.h; "" = typed by the department */
    struct sv number_regex, number_example, number_text, number_note;
    enum certainty number_certainty;
    bool number_external; /* given by the department's own system */
    const struct sv *notes; size_t n_notes;
    json_t *effect;          /* baseline_before / reform_target figures, as read */
};

struct related { struct sv code, name, relation, note, department_role, kind; };

struct industry_permit {
    const struct permit_type *permit;
    enum permit_mode mode;
    struct sv group, mode_source, mode_annex; enum certainty certainty;
};

struct guide_option {
    struct sv code, label, note;
    const struct permit_type **add; size_t n_add;
    const struct permit_type **drop; size_t n_drop;
    const struct related **related; size_t n_related;
    const struct sv *redirect; size_t n_redirect; /* industry codes */
    bool warn, block;
    bool exclusive; /* of a multi question: excludes all other answers */
    json_t *prefill; /* field code -> value; may be NULL */
};

struct question {
    struct sv code, text, help;
    bool multi;
    const struct cond *show_if;
    const struct guide_option *options; size_t n_options;
};

struct group { struct sv code; int64_t min, max; const struct permit_type **permits; size_t n_permits;
               const struct cond *unless; };

struct system_rule { struct sv code, note; const struct cond *when;
                     const struct permit_type **add; size_t n_add;
                     const struct permit_type **drop; size_t n_drop; };

struct industry {
    struct sv code, name, annex_text, annex_remark, scope, gbt4754;
    int64_t seq;
    struct sv batch; /* batch code */
    struct sv lead_role, lead_note; enum certainty lead_certainty;
    const struct sv *co_roles; size_t n_co_roles;
    const struct industry_permit *permits; size_t n_permits;
    const struct group *groups; size_t n_groups;
    const struct question *questions; size_t n_questions;
    const struct system_rule *system_rules; size_t n_system_rules;
    const struct sv *notes; size_t n_notes;
    bool retired; /* no new case (from retired_on, if it is given) */
    struct sv retired_on, retired_reason;
};

struct batch { struct sv code, name, published_on; };

struct catalog {
    struct arena *arena;
    json_t *source; /* the parsed document, kept for borrowed text */
    struct sv version, title, disclaimer;
    json_t *context; /* e.g. {"law_version":"2024"} */
    const struct cond *tolerance_when; /* tolerance is asked for (the mode of handling) */
    struct sv digest; /* hex SM3 of the file, set by whoever loads it */
    const struct region *regions; size_t n_regions;
    const struct department *departments; size_t n_departments;
    const struct window *windows; size_t n_windows;
    const struct law *laws; size_t n_laws;
    const struct basis *bases; size_t n_bases; /* of handling them together */
    const struct material *materials; size_t n_materials;
    const struct field *fields; size_t n_fields; /* shared */
    const struct related *related; size_t n_related;
    const struct permit_type *permits; size_t n_permits;
    const struct industry *industries; size_t n_industries;
    const struct batch *batches; size_t n_batches;
    const struct common_check *common_checks; size_t n_common_checks;
    struct map by_code; /* "permit:P-X", "industry:I01", "department:..", "field:..", ... */
};

/* Read and check a whole catalogue. name is the file name used in problems. NULL with
 * every problem in *e (pointer into the file, stable code, Chinese sentence). Caller frees. */
struct catalog *catalog_load(struct sv text, struct sv name, struct err *e);
/* The same of a parsed document, which is taken over and must not change any more. */
struct catalog *catalog_load_tree(json_t *doc, struct sv name, struct err *e);
void catalog_free(struct catalog *c);

/* Borrowed, or NULL. */
const struct region *catalog_region(const struct catalog *c, struct sv code);
const struct department *catalog_department(const struct catalog *c, struct sv code);
const struct material *catalog_material(const struct catalog *c, struct sv code);
const struct permit_type *catalog_permit(const struct catalog *c, struct sv code);
const struct industry *catalog_industry(const struct catalog *c, struct sv code);
const struct batch *catalog_batch(const struct catalog *c, struct sv code);
/* May a case be opened for it on that day (R1.3)? Retired: not any more. Not yet: its batch is
 * published later. */
enum industry_offer { INDUSTRY_OFFERED, INDUSTRY_RETIRED, INDUSTRY_NOT_YET };
enum industry_offer catalog_offer(const struct catalog *c, const struct industry *i,
                                  int32_t today);
/* Why not, as a sentence on a; "" when offered. */
struct sv catalog_offer_text(const struct catalog *c, const struct industry *i, int32_t today,
                             struct arena *a);
/* Shared field or individual field of any permit. */
const struct field *catalog_field(const struct catalog *c, struct sv code);
/* Who decides / supervises p in a region (city-level permits: the city's department). */
const struct department *catalog_decider(const struct permit_type *p, struct sv region);
const struct department *catalog_supervisor(const struct permit_type *p, struct sv region);
/* The approval bureau (role SPJ) of a region. */
const struct department *catalog_bureau(const struct catalog *c, struct sv region);
/* The department with this role in exactly this region, or NULL. */
const struct department *catalog_seat(const struct catalog *c, struct sv role, struct sv region);

/* Chinese words of the enums, for JSON and papers. */
const char *certainty_text(enum certainty v);
const char *permit_kind_text(enum permit_kind v);
const char *permit_mode_text(enum permit_mode v);
const char *necessity_text(enum necessity v);
const char *material_form_text(enum material_form v);
const char *field_type_text(enum field_type v); /* "text", "textarea", ... as in the file */
const char *rule_kind_text(enum rule_kind v);   /* "min", "le_field", ... as in the file */
/* Stable words for programs: licence filing registration; required on_demand one_of. */
const char *permit_kind_code(enum permit_kind v);
const char *permit_mode_code(enum permit_mode v);

#endif
