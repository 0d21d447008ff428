/* The floor of the benchmark "encode": the bytes of a MIB_IPFORWARD_TABLE2 as messages of the view PACKED, the way one writes it in C. */
#include <stdint.h>
#include <string.h>

enum { ROW_WORDS = 26, CHUNK_ROWS = 4096, TRAIT_WORDS = 9, MAX_TRAITS = 64 };

/* Traits that the caller knows, with their wire bytes: those of a RouteTraits. */
struct known_traits {
    int32_t words[TRAIT_WORDS];
    uint32_t size;
    uint8_t bytes[216];
};

struct columns {
    uint16_t positions[CHUNK_ROWS];
    uint32_t destinations[CHUNK_ROWS * 4];
    uint8_t lengths[CHUNK_ROWS];
    uint32_t next_hops[CHUNK_ROWS * 4];
    uint32_t zones[CHUNK_ROWS];
    uint32_t metrics[CHUNK_ROWS];
    uint32_t valid[CHUNK_ROWS];
    uint32_t preferred[CHUNK_ROWS];
    uint32_t ages[CHUNK_ROWS];
};

static struct columns columns;

static uint8_t *put_varint(uint8_t *out, uint32_t value) {
    for (; value > 0x7f; value >>= 7) *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

static uint8_t *put_bytes(uint8_t *out, uint32_t field, const void *bytes, uint32_t size) {
    if (size == 0) return out;
    out = put_varint(put_varint(out, field << 3 | 2), size);
    memcpy(out, bytes, size);
    return out + size;
}

static void traits_of(const uint32_t *row, int32_t words[TRAIT_WORDS]) {
    const uint32_t of[TRAIT_WORDS] = {row[0],         row[1],  row[2],  row[3] & 0xffff, row[11] & 0xffff,
                                      row[18] & 0xff, row[22], row[23], row[25]};
    memcpy(words, of, sizeof of);
}

/* Answers where the message ends; NULL when an IPv6 row does not fit into addresses of 4 bytes, or traits are not known. */
static uint8_t *put_chunk(uint8_t *out, const uint32_t *row, uint32_t rows, const struct known_traits *known, uint32_t known_count,
                          uint32_t width) {
    struct columns *to = &columns;
    const struct known_traits *order[MAX_TRAITS];
    int32_t position_of[MAX_TRAITS];
    uint32_t traits = 0, valid = ~0u, preferred = ~0u, zones = 0, position = 0, wide = width / 4;
    const uint32_t *same = NULL;
    memset(position_of, -1, sizeof position_of);
    for (uint32_t index = 0; index < rows; index++, row += ROW_WORDS) {
        if (same == NULL || row[0] != same[0] || row[1] != same[1] || row[2] != same[2] || ((row[3] ^ same[3]) & 0xffff) ||
            ((row[11] ^ same[11]) & 0xffff) || ((row[18] ^ same[18]) & 0xff) || row[22] != same[22] || row[23] != same[23] ||
            row[25] != same[25]) {
            int32_t words[TRAIT_WORDS];
            uint32_t found = 0;
            traits_of(row, words);
            while (found < known_count && memcmp(known[found].words, words, sizeof words) != 0) found++;
            if (found == known_count) return NULL;
            if (position_of[found] < 0) {
                order[traits] = &known[found];
                position_of[found] = (int32_t)traits++;
            }
            position = (uint32_t)position_of[found];
            same = row;
        }
        if ((row[3] & 0xffff) == 2) {
            to->destinations[index * wide] = row[4];
            to->next_hops[index * wide] = row[12];
            if (wide == 4) {
                memset(&to->destinations[index * 4 + 1], 0, 12);
                memset(&to->next_hops[index * 4 + 1], 0, 12);
                to->zones[index] = 0;
            }
        } else {
            if (wide == 1) return NULL;
            memcpy(&to->destinations[index * 4], &row[5], 16);
            memcpy(&to->next_hops[index * 4], &row[13], 16);
            zones |= to->zones[index] = (row[13] & 0xc0ff) == 0x80fe ? row[2] : row[17];
        }
        to->positions[index] = (uint16_t)position;
        to->lengths[index] = (uint8_t)row[10];
        to->metrics[index] = row[21];
        valid &= to->valid[index] = row[19];
        preferred &= to->preferred[index] = row[20];
        to->ages[index] = row[24];
    }
    uint8_t body[MAX_TRAITS * 220], *end = body;
    *end++ = 1 << 3;
    end = put_varint(end, rows);
    for (uint32_t index = 0; index < traits; index++) end = put_bytes(end, 2, order[index]->bytes, order[index]->size);
    const struct {
        uint32_t field, size;
        const void *bytes;
    } parts[] = {
        {3, rows * 2, to->positions},         {4, rows * width, to->destinations},
        {5, rows, to->lengths},               {6, rows * width, to->next_hops},
        {7, zones == 0 ? 0 : rows * 4, to->zones}, {8, rows * 4, to->metrics},
        {9, valid == ~0u ? 0 : rows * 4, to->valid}, {10, preferred == ~0u ? 0 : rows * 4, to->preferred},
        {11, rows * 4, to->ages},
    };
    uint32_t size = (uint32_t)(end - body);
    for (uint32_t index = 0; index < sizeof parts / sizeof *parts; index++) {
        uint8_t scratch[8];
        if (parts[index].size > 0) size += 1 + (uint32_t)(put_varint(scratch, parts[index].size) - scratch) + parts[index].size;
    }
    *out++ = 5 << 3 | 2;
    out = put_varint(out, size);
    memcpy(out, body, (size_t)(end - body));
    out += end - body;
    for (uint32_t index = 0; index < sizeof parts / sizeof *parts; index++)
        out = put_bytes(out, parts[index].field, parts[index].bytes, parts[index].size);
    return out;
}

/* Writes the messages of a table one behind the other; answers their bytes, 0 when it could not. */
uint32_t encode_table(const uint32_t *table, const struct known_traits *known, uint32_t known_count, uint8_t *out) {
    uint8_t *end = out;
    if (known_count > MAX_TRAITS) return 0;
    for (uint32_t first = 0; first < table[0]; first += CHUNK_ROWS) {
        uint32_t rows = table[0] - first < CHUNK_ROWS ? table[0] - first : CHUNK_ROWS;
        const uint32_t *row = table + 2 + (size_t)first * ROW_WORDS;
        uint8_t *next = put_chunk(end, row, rows, known, known_count, 4);
        if (next == NULL) next = put_chunk(end, row, rows, known, known_count, 16);
        if (next == NULL) return 0;
        end = next;
    }
    return (uint32_t)(end - out);
}
