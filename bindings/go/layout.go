package stele

import "unsafe"

// What the C library reads and fills: its structs, field by field. They hold no pointers, so that
// their memory may cross the border as bytes. tests/bindings/constants.tsv says the sizes and offsets
// that C has, and a test compares. The first field of each, its size, is filled on the other side.

type errorStruct struct {
	structSize uint32
	status     int32
	osErrno    int32
	guard      uint32
	position   uint64
	offset     uint64
	sequence   uint64
	message    [488]byte
}

// reply is what every call says besides its status: the error, and figures.
type reply struct {
	error  errorStruct
	values [6]uint64
}

func (r *reply) at() *byte { return memory(r) }

// memory and size are how a struct of this file crosses the border.
func memory[T any](s *T) *byte { return (*byte)(unsafe.Pointer(s)) }
func size[T any](s *T) int     { return int(unsafe.Sizeof(*s)) }

type optionsStruct struct {
	structSize    uint32
	mode          int32
	segmentSize   uint64
	durability    int32
	intervalMs    uint32
	bufferMax     uint64
	tailMax       uint64
	maxClockJump  uint64
	keepWal       uint32
	testClock     uint32
	testTime      int64
	testSeed      uint64
	strictAfter   uint32
	reserved      uint32
	memoryBudget  uint64
	checkpointLog uint64
	maxReaderAge  uint64
}

type statsStruct struct {
	structSize       uint32
	formatVersion    uint32
	uuid             [16]byte
	tsn              uint64
	head             uint64
	tailEvents       uint64
	tailBytes        uint64
	terms            uint64
	walSegments      uint64
	walBytes         uint64
	commits          uint64
	commitsRejected  uint64
	groups           uint64
	syncs            uint64
	walWritten       uint64
	recoveredCommits uint64
	recoveredCut     uint64
	lastRecorded     int64
	durableTsn       uint64
	commitsRepeated  uint64
	groupMax         uint64
	queue            uint64
	syncUs           uint64
	syncUsMax        uint64
	clockBehindUs    int64
	appliedTsn       uint64
	checkpoints      uint64
	checkpointUs     uint64
	checkpointUsMax  uint64
	pageSize         uint64
	pages            uint64
	pagesFree        uint64
	pagesWaiting     uint64
	pagesWritten     uint64
	pagesRead        uint64
	readers          uint64
	cacheBytes       uint64
	cacheBudget      uint64
	cacheHits        uint64
	cacheMisses      uint64
	readerAgeUs      uint64
	readerBytes      uint64
	commitBytes      uint64
}

type commitResultStruct struct {
	structSize    uint32
	eventCount    uint32
	tsn           uint64
	firstPosition uint64
	lastPosition  uint64
	recorded      int64
	repeated      uint32
	reserved      uint32
}

type cursorInfoStruct struct {
	structSize   uint32
	reserved     uint32
	tsn          uint64
	storeHead    uint64
	lastReturned uint64
}

type streamInfoStruct struct {
	structSize    uint32
	reserved      uint32
	sequence      uint64
	firstPosition uint64
	lastPosition  uint64
	hash          [32]byte
}

type verifyProgressStruct struct {
	structSize uint32
	reserved   uint32
	bytesDone  uint64
	bytesTotal uint64
	commits    uint64
	events     uint64
	root       [32]byte
}

type backupProgressStruct struct {
	structSize uint32
	reserved   uint32
	bytesDone  uint64
	bytesTotal uint64
	tsn        uint64
	head       uint64
}

type compactProgressStruct struct {
	structSize  uint32
	reserved    uint32
	bytesBefore uint64
	bytesNow    uint64
	bytesLive   uint64
	pagesMoved  uint64
}

type repairProgressStruct struct {
	structSize     uint32
	tablesLeftOut  uint32
	bytesDone      uint64
	bytesTotal     uint64
	commits        uint64
	events         uint64
	commitsRebuilt uint64
	commitsLost    uint64
	eventsLost     uint64
	firstLost      uint64
	pagesDamaged   uint64
	logDamaged     uint64
}

type receiptInfoStruct struct {
	structSize  uint32
	reserved    uint32
	uuid        [16]byte
	tsn         uint64
	position    uint64
	recorded    int64
	eventHash   [32]byte
	chainedRoot [32]byte
}

type tableInfoStruct struct {
	structSize    uint32
	id            uint32
	history       int32
	reserved      uint32
	historyAmount uint64
	createdTsn    uint64
	schema        [256]byte
	name          [256]byte
	projection    [256]byte
}

type projectionInfoStruct struct {
	structSize uint32
	reserved   uint32
	applied    uint64
	head       uint64
	lagUs      uint64
}

type projectionStateStruct struct {
	structSize uint32
	tables     uint32
	applied    uint64
	head       uint64
	lagUs      uint64
	name       [256]byte
}

// keyPartStruct has an offset in the bytes beside it where C has a pointer.
type keyPartStruct struct {
	kind    uint32
	flags   uint32
	integer int64
	natural uint64
	real    float64
	data    uint64
	size    uint64
}
