// What holds for the assembly as a whole.
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Stele.Net.Tests")]
