module stele.dev/stele/examples/go

go 1.19

require stele.dev/stele v0.0.0

replace stele.dev/stele => ../../bindings/go
