// Plays a scenario through the public API of Stele.Net, as ../README.txt says, and prints what each
// command answers. Compiles with the SDK of .NET and with mcs.
//   driver FILE
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Stele.Scenarios
{
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            if (arguments.Length != 1)
            {
                Console.Error.WriteLine("usage: driver FILE");
                return 2;
            }
            using (Stream stdout = Console.OpenStandardOutput())
            using (StreamWriter writer = new StreamWriter(stdout, new UTF8Encoding(false)))
            {
                writer.NewLine = "\n";
                Player player = new Player(new Output(writer));
                try
                {
                    player.Play(File.ReadAllText(arguments[0], new UTF8Encoding(false, true)));
                    return 0;
                }
                catch (NonsenseException nonsense)
                {
                    Console.Error.WriteLine("line " + player.Line + ": " + nonsense.Message);
                    return 2;
                }
                finally
                {
                    player.Things.Close();
                }
            }
        }
    }

    // Plays lines, with the commands that there are.
    internal sealed class Player
    {
        private readonly Dictionary<string, Action<Fields>> _commands =
            new Dictionary<string, Action<Fields>>();
        private readonly Output _output;

        public Player(Output output)
        {
            _output = output;
            DatabaseCommands.AddTo(this);
            BatchCommands.AddTo(this);
            TableCommands.AddTo(this);
            TransactionCommands.AddTo(this);
            ReadCommands.AddTo(this);
            LookupCommands.AddTo(this);
            SubscriptionCommands.AddTo(this);
            ProjectionCommands.AddTo(this);
            MaintenanceCommands.AddTo(this);
        }

        public Things Things { get; } = new Things();

        // The line that is played, for messages.
        public int Line { get; private set; }

        // Adds a command: it returns the lines to print, of which the last says how it ended.
        public void Add(string name, Func<Fields, IEnumerable<string>> command)
        {
            _commands.Add(name, fields => PlayOne(fields, command));
        }

        // Adds a command that prints one line.
        public void Add(string name, Func<Fields, string> command)
        {
            Add(name, fields => (IEnumerable<string>)new[] { command(fields) });
        }

        public void Play(string scenario)
        {
            foreach (string line in scenario.Split('\n'))
            {
                ++Line;
                if (line.Length == 0 || line[0] == '#') continue;
                Fields fields = new Fields(line);
                Action<Fields> command;
                string name = fields.Name();
                if (!_commands.TryGetValue(name, out command))
                {
                    throw new NonsenseException("there is no command " + name);
                }
                command(fields);
            }
        }

        private void PlayOne(Fields fields, Func<Fields, IEnumerable<string>> command)
        {
            List<string> lines = new List<string>();
            try
            {
                lines.AddRange(command(fields));
                fields.ExpectEnd();
            }
            catch (SteleException fault)
            {
                // Only what went wrong is printed.
                lines.Clear();
                lines.Add(Output.Of(fault));
            }
            foreach (string line in lines) _output.Print(line);
        }
    }
}
