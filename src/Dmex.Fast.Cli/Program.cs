using Dmex.Fast.Cli.Commands;










return await Dmex.Fast.Cli.Commands.DmexCommand.InvokeAsync(args);
