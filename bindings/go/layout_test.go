package stele

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"stele.dev/stele/internal/native"
)

// The structs of layout.go, by their names in C.
var structs = map[string]reflect.Type{
	"stele_error":            reflect.TypeOf(errorStruct{}),
	"stele_options":          reflect.TypeOf(optionsStruct{}),
	"stele_stats":            reflect.TypeOf(statsStruct{}),
	"stele_commit_result":    reflect.TypeOf(commitResultStruct{}),
	"stele_cursor_info":      reflect.TypeOf(cursorInfoStruct{}),
	"stele_stream_info":      reflect.TypeOf(streamInfoStruct{}),
	"stele_verify_progress":  reflect.TypeOf(verifyProgressStruct{}),
	"stele_backup_progress":  reflect.TypeOf(backupProgressStruct{}),
	"stele_compact_progress": reflect.TypeOf(compactProgressStruct{}),
	"stele_repair_progress":  reflect.TypeOf(repairProgressStruct{}),
	"stele_receipt_info":     reflect.TypeOf(receiptInfoStruct{}),
	"stele_table_info":       reflect.TypeOf(tableInfoStruct{}),
	"stele_projection_info":  reflect.TypeOf(projectionInfoStruct{}),
	"stele_projection_state": reflect.TypeOf(projectionStateStruct{}),
	"stele_key_part":         reflect.TypeOf(keyPartStruct{}),
}

// Those that this package never touches: SWIG's adapters fill and read them.
var inside = map[string]bool{
	"stele_text": true, "stele_bytes": true, "stele_metadata": true, "stele_new_event": true,
	"stele_event": true, "stele_read_options": true, "stele_term": true,
	"stele_subscribe_options": true, "stele_subscription_info": true, "stele_table_options": true,
	"stele_as_of": true, "stele_row": true, "stele_scan_options": true, "stele_txn_options": true,
	"stele_row_version": true, "stele_row_history_options": true,
}

// numbers are the constants of this package, by their names in C.
var numbers = map[string]int64{
	"STELE_OPEN_CREATE": int64(OpenCreate), "STELE_OPEN_EXISTING": int64(OpenExisting),
	"STELE_OPEN_NEW": int64(OpenNew), "STELE_OPEN_READ_ONLY": int64(OpenReadOnly),
	"STELE_DURABILITY_DEFAULT":  int64(DurabilityDefault),
	"STELE_DURABILITY_OS":       int64(DurabilityOS),
	"STELE_DURABILITY_INTERVAL": int64(DurabilityInterval),
	"STELE_DURABILITY_SYNC":     int64(DurabilitySync),
	"STELE_READ_BACKWARD":       readBackward, "STELE_READ_FROM": readFrom,
	"STELE_WALK_ANCESTORS": int64(WalkAncestors), "STELE_WALK_CAUSES": int64(WalkCauses),
	"STELE_WALK_EFFECTS": int64(WalkEffects), "STELE_WALK_CORRELATION": int64(WalkCorrelation),
	"STELE_TERM_TYPE": int64(TermType), "STELE_TERM_TAG": int64(TermTag),
	"STELE_TERM_ENTITY": int64(TermEntity), "STELE_TERM_CATEGORY": int64(TermCategory),
	"STELE_TERM_SCOPE": int64(TermScope), "STELE_SUBSCRIBE_NEW": subscribeNew,
	"STELE_LOST_REFUSE": int64(LostRefuse), "STELE_LOST_CUT": int64(LostCut),
	"STELE_LOST_REPLACE": int64(LostReplace),
	"STELE_NO_GUARD":     noGuard, "STELE_FOREVER": forever, "STELE_TERM_MAX": TermMax,
	"STELE_TAGS_MAX": TagsMax, "STELE_METADATA_MAX": MetadataMax, "STELE_DATA_MAX": DataMax,
	"STELE_BATCH_MAX": BatchMax, "STELE_SOURCE_MAX": SourceMax, "STELE_KEY_MAX": KeyMax,
	"STELE_TOKEN_SIZE": int64(len(Token{})), "STELE_RECEIPT_MAX": ReceiptMax,
	"STELE_NO_LIMIT": signed(noLimit), "STELE_SEQUENCE_SOME": signed(SequenceSome),
	"STELE_PREVIOUS_ANY": signed(PreviousAny),
	"STELE_ROW_MAX":      RowMax, "STELE_SCAN_BACKWARD": scanBackward,
	"STELE_ROW_MISSING": rowMissing, "STELE_ROW_DELETED": versionDeleted,
	"STELE_ROW_HISTORY_OLDEST_FIRST": historyOldestFirst,
	"STELE_PROJECTION_REBUILD":       projectionRebuild,
	"STELE_ISOLATION_SERIALIZABLE":   isolationSerializable,
	"STELE_ISOLATION_SNAPSHOT":       isolationSnapshot,
	"STELE_HISTORY_NONE":             int64(HistoryNone), "STELE_HISTORY_ALL": int64(HistoryAll),
	"STELE_HISTORY_COMMITS": int64(HistoryCommits), "STELE_HISTORY_TIME": int64(HistoryTime),
	"STELE_AS_OF_NOW": asOfNow, "STELE_AS_OF_TSN": asOfTSN, "STELE_AS_OF_POSITION": asOfPosition,
	"STELE_AS_OF_TIME":    asOfTime,
	"STELE_TABLE_KEY_MAX": TableKeyMax, "STELE_KEY_DESCENDING": keyDescending,
	"STELE_KEY_NULL":        int64(KeyNull),
	"STELE_KEY_BOOL":        int64(KeyBool),
	"STELE_KEY_INTEGER":     int64(KeyInteger),
	"STELE_KEY_UNSIGNED":    int64(KeyUnsigned),
	"STELE_KEY_REAL":        int64(KeyReal),
	"STELE_KEY_BIG_INTEGER": int64(KeyBigInteger),
	"STELE_KEY_DECIMAL":     int64(KeyDecimal),
	"STELE_KEY_TEXT":        int64(KeyText),
	"STELE_KEY_BYTES":       int64(KeyBytes),
	"STELE_KEY_DATE":        int64(KeyDate),
	"STELE_KEY_TIME":        int64(KeyTime),
	"STELE_KEY_TIMESTAMP":   int64(KeyTimestamp),
	"STELE_KEY_TIMESTAMPTZ": int64(KeyTimestamptz),
	"STELE_KEY_INTERVAL":    int64(KeyInterval),
	"STELE_KEY_UUID":        int64(KeyUUID),
	"STELE_KEY_INET":        int64(KeyInet),
	"STELE_KEY_MACADDR":     int64(KeyMacaddr),
	"STELE_KEY_JSON":        int64(KeyJSON),
	"STELE_KEY_ARRAY":       int64(KeyArray),
	"STELE_KEY_TUPLE":       int64(KeyTuple),
	"STELE_KEY_RANGE":       int64(KeyRange),
	"STELE_KEY_ENUM":        int64(KeyEnum),
	"STELE_KEY_COMPOSITE":   int64(KeyComposite),
	"STELE_KEY_DOMAIN":      int64(KeyDomain),
	"STELE_KEY_VECTOR":      int64(KeyVector),
	"STELE_KEY_CUSTOM":      int64(KeyCustom),
	"STELE_KEY_NULL_LAST":   int64(KeyNullLast),
}

// signed has the bits of a number that is too large for the map.
func signed(number uint64) int64 { return int64(number) }

// The package knows every number, size and offset of the C header as it is.
func TestTheHeaderIsAsThisPackageKnowsIt(t *testing.T) {
	text, err := os.ReadFile("../../tests/bindings/constants.tsv")
	if err != nil {
		t.Skip("only where the sources of the library are: ", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Split(line, "\t")
		switch fields[0] {
		case "enum":
			checkNumber(t, fields[2], fields[3])
		case "number":
			checkNumber(t, fields[1], fields[2])
		case "sizeof":
			if made, ok := structs[fields[1]]; ok {
				compare(t, "the size of "+fields[1], int64(made.Size()), fields[2])
			} else if !inside[fields[1]] {
				t.Errorf("%s is unknown", fields[1])
			}
		case "offsetof":
			checkField(t, fields)
		default:
			t.Errorf("what is %q?", line)
		}
	}
}

func compare(t *testing.T, what string, ours int64, theirs string) {
	t.Helper()
	if strconv.FormatInt(ours, 10) != theirs && strconv.FormatUint(uint64(ours), 10) != theirs {
		t.Errorf("%s is %s in C, and %d here", what, theirs, ours)
	}
}

func checkNumber(t *testing.T, name, value string) {
	t.Helper()
	if ours, ok := numbers[name]; ok {
		compare(t, name, ours, value)
		return
	}
	status := strings.TrimPrefix(name, "STELE_")
	for number, ours := range statusNames {
		if ours == status {
			compare(t, name, int64(number), value)
			return
		}
	}
	if !strings.HasPrefix(name, "STELE_VERSION_") {
		t.Errorf("%s is unknown", name)
	}
}

// checkField compares: "offsetof", struct, field, offset, size.
func checkField(t *testing.T, fields []string) {
	t.Helper()
	made, ok := structs[fields[1]]
	if !ok {
		return
	}
	field, ok := made.FieldByName(camel(fields[2]))
	if !ok {
		t.Errorf("%s has no field %s here", fields[1], fields[2])
		return
	}
	what := fields[1] + "." + fields[2]
	compare(t, "the offset of "+what, int64(field.Offset), fields[3])
	if len(fields) > 4 {
		compare(t, "the size of "+what, int64(field.Type.Size()), fields[4])
	}
}

// camel makes "storeHead" of "store_head".
func camel(name string) string {
	upper := false
	return strings.Map(func(r rune) rune {
		if r == '_' {
			upper = true
			return -1
		}
		if upper {
			upper = false
			return unicode.ToUpper(r)
		}
		return r
	}, name)
}

func TestAStatusHasTheNameThatTheLibraryGivesIt(t *testing.T) {
	name := make([]byte, 64)
	for status := Status(-20); status < 20; status++ {
		used := native.Status_name(int(status), first(name), len(name))
		if found := string(name[:used]); found != status.String() {
			t.Errorf("%d is %q, and %q here", status, found, status)
		}
	}
}

func TestALibraryThatFitsIsAccepted(t *testing.T) {
	if err := checkLibrary(); err != nil {
		t.Fatal(err)
	}
}
