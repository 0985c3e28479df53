/*
 * stele_functions.i: what needs no database, and opening one, under the conventions of stele_core.i.
 */
%rename(open_database) native_open;
%rename(open_repair) native_repair;
%rename(check_receipt) native_check_receipt;
%rename(encode_key) native_encode_key;
%rename(decode_key) native_decode_key;
%rename(key_prefix_end) native_key_prefix_end;
%rename(wait_any) native_wait_any;
%rename(live_handles) native_live_handles;
%rename(version_number) native_version_number;
%rename(header_version) native_header_version;
%rename(reply_size) native_reply_size;
%rename(values_offset) native_values_offset;
%rename(status_name) native_status_name;
%inline {
/* DATA: a path. DATA2: a stele_options, or nothing. */
NativeDb* native_open(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                             uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_options options;
  stele_db* db = NULL;
  if (SIZE2 > 0) {
    if (SIZE2 != sizeof options) {
      wrong_size(reply, "stele_options");
      return NULL;
    }
    memcpy(&options, DATA2, sizeof options);
    options.struct_size = sizeof options;
  }
  stele_open((const char*)DATA, SIZE, SIZE2 > 0 ? &options : NULL, &db, &reply->error);
  return db;
}

/* DATA: the path of the damaged database. DATA2: that of the new one. */
NativeRepair* native_repair(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2,
                                   size_t SIZE2, int32_t lost, uint8_t* REPLY) {
  stele_repair* repair = NULL;
  stele_repair_open((const char*)DATA, SIZE, (const char*)DATA2, SIZE2, lost, &repair,
                    &reply_at(REPLY)->error);
  return repair;
}

/* DATA: a receipt. DATA2: a record, or nothing. BUFFER: a stele_receipt_info. */
int32_t native_check_receipt(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                             uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
  STRUCT_IN_BUFFER(stele_receipt_info, out)
  return stele_receipt_verify(DATA, SIZE, SIZE2 == 0 ? NULL : DATA2, SIZE2, out,
                              &reply_at(REPLY)->error);
}

/* DATA: stele_key_part, one behind the other; `data` is an offset in DATA2, and not an address.
   BUFFER: the key. [0] its bytes, or those needed. */
int32_t native_encode_key(const uint8_t* DATA, size_t SIZE, const uint8_t* DATA2, size_t SIZE2,
                          uint8_t* BUFFER, size_t CAPACITY, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_key_part parts[STELE_TABLE_KEY_MAX + 1]; /* So many are too large for a key. */
  size_t count = SIZE / sizeof(stele_key_part);
  size_t size = 0;
  size_t i;
  stele_status status;
  if (count > STELE_TABLE_KEY_MAX + 1) count = STELE_TABLE_KEY_MAX + 1;
  if (count > 0) memcpy(parts, DATA, count * sizeof(stele_key_part));
  for (i = 0; i < count; ++i) {
    const size_t offset = (size_t)(uintptr_t)parts[i].data;
    if (offset > SIZE2 || parts[i].size > SIZE2 - offset)
      return wrong_size(reply, "stele_key_part");
    parts[i].data = SIZE2 == 0 ? NULL : DATA2 + offset;
  }
  status = stele_key_encode(parts, count, BUFFER, CAPACITY, &size, &reply->error);
  reply->values[0] = size;
  return status;
}

/* DATA: a key. BUFFER: as many stele_key_part as `parts`, then bytes; `data` is an offset in these.
   [0] the parts, [1] the bytes, or those needed. */
int32_t native_decode_key(const uint8_t* DATA, size_t SIZE, int32_t parts, uint8_t* BUFFER,
                          size_t CAPACITY, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  stele_key_part* first = (stele_key_part*)BUFFER;
  const size_t parts_size = (size_t)parts * sizeof(stele_key_part);
  size_t count = 0;
  size_t used = 0;
  size_t i;
  stele_status status;
  if (parts < 0 || parts_size > CAPACITY) return wrong_size(reply, "stele_key_part");
  status = stele_key_decode(DATA, SIZE, first, (size_t)parts, &count, BUFFER + parts_size,
                            CAPACITY - parts_size, &used, &reply->error);
  for (i = 0; status == STELE_OK && i < count; ++i) {
    if (first[i].data == NULL) continue;
    first[i].data = (const uint8_t*)(uintptr_t)(first[i].data - (BUFFER + parts_size));
  }
  reply->values[0] = count;
  reply->values[1] = used;
  return status;
}

/* DATA: a key, or a part of one. BUFFER: the end. [0] its bytes, or those needed. */
int32_t native_key_prefix_end(const uint8_t* DATA, size_t SIZE, uint8_t* BUFFER, size_t CAPACITY,
                              uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  size_t size = 0;
  stele_status status = stele_key_prefix_end(DATA, SIZE, BUFFER, CAPACITY, &size, &reply->error);
  reply->values[0] = size;
  return status;
}

/* DATA: the numbers of handles, a uint64_t each. [0] the index of the first that has something. */
int32_t native_wait_any(const uint8_t* DATA, size_t SIZE, int64_t timeout_ms, uint8_t* REPLY) {
  stele_reply* reply = reply_at(REPLY);
  size_t index = 0;
  stele_status status = stele_wait_any((const void* const*)DATA, SIZE / sizeof(void*), timeout_ms,
                                       &index, &reply->error);
  reply->values[0] = index;
  return status;
}

uint64_t native_live_handles(void) { return stele_live_handles(); }
/* Of the library that is loaded, and of the header that the binding was compiled with. */
uint64_t native_version_number(void) { return stele_version_number(); }
uint64_t native_header_version(void) { return STELE_VERSION_NUMBER; }
/* The bytes of a REPLY, and where its values begin. */
uint64_t native_reply_size(void) { return sizeof(stele_reply); }
uint64_t native_values_offset(void) { return offsetof(stele_reply, values); }
/* BUFFER: the name. Returns its bytes. */
int32_t native_status_name(int32_t status, uint8_t* BUFFER, size_t CAPACITY) {
  const char* name = stele_status_name((stele_status)status);
  size_t size = strlen(name);
  if (size > CAPACITY) size = CAPACITY;
  memcpy(BUFFER, name, size);
  return (int32_t)size;
}
}
